import type { Result } from '../../result/schema.ts';

/** Ctrl-C: 128 + SIGINT. */
export const INTERRUPTED = 130;
/** A run on a machine that was unfit to measure, where `--strict` asks for it. */
const UNFIT = 4;
/** A threshold was crossed, as in k6. */
const CROSSED = 99;

/** The exit code that a run itself gives, whatever it is held against. */
export function runExitCode({ run, transports, warnings }: Result, strict: boolean): number {
  if (run.stopReason === 'interrupted') return INTERRUPTED;
  const completed = Object.values(transports).some(({ workflows }) => workflows.completed > 0);
  const limited = run.stopReason === 'request_limit' || run.stopReason === 'token_limit';
  if (!completed && !limited) return 1;
  if (run.stopReason === 'threshold') return CROSSED;
  return strict && warnings.some(({ code }) => code === 'unfit') ? UNFIT : 0;
}
