import type { RunHooks } from '../../app/run/hooks.ts';
import { createProgress } from './progress.ts';

/** A run as the terminal follows it. */
interface RunWatch {
  hooks: RunHooks;
  /** The first failure of a session, in words. */
  failure(): string | undefined;
  /** To be called at the end. */
  stop(): void;
}

/** Progress, where it is wanted, and the first failure of all. */
export function watchRun(
  name: string,
  { quiet, progress: wanted }: { quiet?: true; progress: boolean },
): RunWatch {
  const progress = quiet || !wanted ? undefined : createProgress(name);
  let first: string | undefined;
  return {
    hooks: {
      ...progress?.hooks,
      onWorkflow(event) {
        first ??= event.failure;
        progress?.hooks.onWorkflow?.(event);
      },
    },
    failure: () => first,
    stop: () => progress?.stop(),
  };
}
