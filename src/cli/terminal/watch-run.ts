import type { RunHooks, SideName } from '../../app/run/hooks.ts';
import { keepJournals } from '../../app/run/journal-hooks.ts';
import { createProgress } from './progress.ts';

/** A run as the terminal follows it. */
interface RunWatch {
  hooks: RunHooks;
  /** Why the endpoint was lost, or the first failure of a session, in words. */
  failure(): string | undefined;
  /** To be called at the end. */
  stop(): void;
}

/**
 * Progress, where it is wanted, the journals of the run's folders, and the first failure of all.
 * @param extra a hook beside these
 */
export function watchRun(
  name: string,
  { quiet, progress: wanted }: { quiet?: true; progress: boolean },
  folderOf: (side: SideName | undefined) => string,
  extra: Pick<RunHooks, 'onRound'> = {},
): RunWatch {
  const progress = quiet || !wanted ? undefined : createProgress(name);
  const journals = keepJournals(folderOf);
  let first: string | undefined;
  let lost: string | undefined;
  let told = false;
  return {
    hooks: {
      ...progress?.hooks,
      onBegin: journals.hooks.onBegin,
      onRound(event) {
        journals.hooks.onRound(event);
        return extra.onRound?.(event);
      },
      onLost(message) {
        lost = message;
      },
      onWorkflow(event) {
        first ??= event.failure;
        progress?.hooks.onWorkflow?.(event);
      },
    },
    failure: () => lost ?? first,
    stop() {
      progress?.stop();
      journals.close();
      const failed = journals.failure();
      if (failed === undefined || told) return;
      told = true;
      process.stderr.write(`warning: the journal of this run could not be kept (${failed})\n`);
    },
  };
}
