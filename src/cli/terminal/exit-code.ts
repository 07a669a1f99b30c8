import { openFilesAdvice } from '../../app/options/open-files.ts';
import type { Failure } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { hasWarning } from '../../result/warnings/kinds.ts';
import { INTERRUPTED } from './interrupt.ts';

/** A run on a machine that was unfit to measure, where `--strict` asks for it. */
const UNFIT = 4;
/** A threshold was crossed, as in k6. */
const CROSSED = 99;

/** The exit code that a run itself gives, whatever it is held against. */
export function runExitCode(result: Result, strict: boolean): number {
  const { run } = result;
  if (run.stopReason === 'interrupted') return INTERRUPTED;
  if (run.stopReason === 'error' || completedNothing(result) || isOurs(result)) return 1;
  if (run.stopReason === 'threshold') return CROSSED;
  return strict && hasWarning(result, 'unfit') ? UNFIT : 0;
}

/**
 * The reasons why runs ended with exit code 1, a line each; empty where they did not.
 * @param failure the first failure of a session, in words
 */
export function whyItFailed(results: readonly Result[], failure: string | undefined): string {
  const where = results.length === 1 ? '' : ' on one side';
  const nothing = results.some(completedNothing);
  const lost = results.some(({ run }) => run.stopReason === 'error');
  return [
    nothing && `no workflow completed${where}; the first failure: ${failure ?? 'unknown'}`,
    lost && !nothing && `the run ended early${where}: ${failure ?? 'the endpoint is gone'}`,
    ownLimitWords(results),
    bugWords(results),
  ]
    .flatMap((reason) => (reason ? [`error: ${reason}\n`] : []))
    .join('');
}

function ownLimitWords(results: readonly Result[]): string | undefined {
  const failures = results.flatMap((result) => failuresOf(result, 'own_limit'));
  const [first] = failures;
  const [result] = results;
  if (first === undefined || result === undefined) return undefined;
  const { code = '' } = first;
  const [what, advice] = usedUp(code, result);
  return `our own limit, not the endpoint, ended ${sessions(failures.length)}: ${what} (${code}); ${advice}`;
}

function usedUp(code: string, { run }: Result): [what: string, advice: string] {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return ['too many open files', openFilesAdvice(run.options)];
    case 'EADDRNOTAVAIL':
      return ['no local port left', 'lower -c: a closed connection holds its port for a minute'];
    default:
      return ['no memory for sockets', 'lower -c'];
  }
}

function bugWords(results: readonly Result[]): string | undefined {
  const bugs = results.flatMap((result) => failuresOf(result, 'internal'));
  const [first] = bugs;
  if (first === undefined) return undefined;
  return `a bug of agent-latency-bench ended ${sessions(bugs.length)}, please report it: ${first.message ?? ''}`;
}

function completedNothing({ run, transports }: Result): boolean {
  const completed = Object.values(transports).some(({ workflows }) => workflows.completed > 0);
  return !completed && run.stopReason !== 'interrupted';
}

/** Whether sessions failed by our own doing: the endpoint can't be judged by them. */
function isOurs(result: Result): boolean {
  return [...failuresOf(result, 'internal'), ...failuresOf(result, 'own_limit')].length > 0;
}

function failuresOf({ rounds }: Result, kind: Failure['kind']): Failure[] {
  return rounds
    .flatMap(({ workflows }) => Object.values(workflows))
    .flatMap(({ steps }) => steps)
    .flatMap(({ failure }) => (failure?.kind === kind ? [failure] : []));
}

function sessions(count: number): string {
  return count === 1 ? 'one session' : `${count} sessions`;
}
