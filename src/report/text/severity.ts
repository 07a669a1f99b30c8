import type { GateCheck, GateReport } from '../../compare/gate/report.ts';

/** The weight of a check in what a build shows: only an error makes it fail. */
export type Severity = 'pass' | 'notice' | 'warning' | 'error';

const EXIT_INCONCLUSIVE = 4;

/** The severity of a check, as the exit code takes it. */
export function severityOf(check: GateCheck, { advisory, exitCode }: GateReport): Severity {
  if (check.verdict === 'pass') return 'pass';
  const advises = check.level === 'warn' || (advisory && check.kind === 'regression');
  if (check.verdict === 'inconclusive') {
    return exitCode === EXIT_INCONCLUSIVE && !advises ? 'error' : 'notice';
  }
  return advises ? 'warning' : 'error';
}
