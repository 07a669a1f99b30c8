import type { RunHooks, SideName } from '../../app/run/hooks.ts';
import { keepJournals } from '../../app/run/journal-hooks.ts';
import { createFailures } from './failures.ts';
import { createProgress } from './progress.ts';

/** A run as the terminal follows it. */
export interface RunWatch {
  hooks: RunHooks;
  /** Why the endpoint was lost, or the first failure of a session, in words. */
  failure(): string | undefined;
  /** What the endpoint said at failures of every kind that `told` doesn't hold, a line each. */
  failures(told: string): string;
  /** To be called at the end. */
  stop(): void;
}

/**
 * Progress, where it is wanted, the journals of the run's folders, and what failed.
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
  const failures = createFailures();
  let lost: string | undefined;
  let told = false;
  return {
    hooks: {
      ...progress?.hooks,
      onBegin(event) {
        journals.hooks.onBegin(event);
        progress?.hooks.onBegin?.(event);
      },
      onRound(event) {
        journals.hooks.onRound(event);
        progress?.hooks.onRound?.(event);
        return extra.onRound?.(event);
      },
      onLost(message) {
        lost = message;
      },
      onWorkflow(event) {
        failures.add(event);
        progress?.hooks.onWorkflow?.(event);
      },
    },
    failure: () => lost ?? failures.first(),
    failures: (told) => (quiet ? '' : failures.lines(told)),
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
