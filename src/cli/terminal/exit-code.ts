import type { Result } from '../../result/schema.ts';
import { hasWarning } from '../../result/warning-kinds.ts';

/** Ctrl-C: 128 + SIGINT. */
export const INTERRUPTED = 130;
/** A run on a machine that was unfit to measure, where `--strict` asks for it. */
const UNFIT = 4;
/** A threshold was crossed, as in k6. */
const CROSSED = 99;

/** The exit code that a run itself gives, whatever it is held against. */
export function runExitCode(result: Result, strict: boolean): number {
  const { run } = result;
  if (run.stopReason === 'interrupted') return INTERRUPTED;
  if (run.stopReason === 'error' || completedNothing(result) || ourFailures(result).length > 0)
    return 1;
  if (run.stopReason === 'threshold') return CROSSED;
  return strict && hasWarning(result, 'unfit') ? UNFIT : 0;
}

/**
 * The reasons why runs ended with exit code 1, a line each; empty where they did not.
 * @param failure the first failure of a session, in words
 */
export function whyItFailed(results: readonly Result[], failure: string | undefined): string {
  const where = results.length === 1 ? '' : ' on one side';
  const bugs = results.flatMap(ourFailures);
  return [
    ...(results.some(completedNothing)
      ? [`error: no workflow completed${where}; the first failure: ${failure ?? 'unknown'}\n`]
      : []),
    ...(results.some(({ run }) => run.stopReason === 'error') && !results.some(completedNothing)
      ? [`error: the run ended early${where}: ${failure ?? 'the endpoint is gone'}\n`]
      : []),
    ...bugs
      .slice(0, 1)
      .map(
        (message) =>
          `error: a bug of agent-latency-bench ended ${bugs.length === 1 ? 'one session' : `${bugs.length} sessions`}, please report it: ${message}\n`,
      ),
  ].join('');
}

function completedNothing({ run, transports }: Result): boolean {
  const completed = Object.values(transports).some(({ workflows }) => workflows.completed > 0);
  return !completed && run.stopReason !== 'interrupted';
}

/** What our own exceptions said. */
function ourFailures({ rounds }: Result): string[] {
  return rounds
    .flatMap(({ workflows }) => Object.values(workflows))
    .flatMap(({ steps }) => steps)
    .flatMap(({ failure }) => (failure?.kind === 'internal' ? [failure.message ?? ''] : []));
}
