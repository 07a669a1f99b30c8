import type { GateReport } from '../../../compare/gate/report.ts';
import { formatCount } from '../../text/figures.ts';
import { type Severity, severityOf } from '../../text/severity.ts';
import type { Grid, Section } from '../block.ts';

/** A verdict at a glance: one line, every check that was not passed, and all of them folded away. */
export function checksSection(report: GateReport): Section {
  const { candidate, checks, warnings, verdict } = report;
  const unmet = checks.filter((check) => check.verdict !== 'pass');
  const items = [
    sidesOf(report),
    unmet.map((check) => `${icons[severityOf(check, report)]} ${check.message}`),
    warnings.map(({ message }) => `${icons.warning} ${message}`),
  ];
  return [
    {
      kind: 'heading',
      level: 1,
      text: `${icons[weightOf(report)]} ${candidate.scenario}: ${verdict}, ${formatCount(checks.length, 'check')}, ${unmet.length} not passed`,
    },
    ...items.map((list) => ({ kind: 'list', items: list, tone: 'plain' }) as const),
    ...(checks.length === 0
      ? []
      : [{ kind: 'grid', grid: gridOf(report), folded: 'All checks' } as const]),
  ];
}

const icons: Readonly<Record<Severity, string>> = {
  pass: '✅',
  notice: '❔',
  warning: '⚠️',
  error: '❌',
};

function weightOf({ verdict, exitCode }: GateReport): Severity {
  if (exitCode !== 0) return 'error';
  return verdict === 'pass' ? 'pass' : unsettled.has(verdict) ? 'notice' : 'warning';
}

const unsettled: ReadonlySet<GateReport['verdict']> = new Set(['inconclusive', 'none']);

function sidesOf({ base, candidate, interleaved }: GateReport): string[] {
  const line = (name: string, side: GateReport['candidate']): string =>
    `${name}: ${side.endpoint}, ${formatCount(side.rounds, 'round')}${side.complete ? '' : ', incomplete'}`;
  return [
    ...(base === null ? [] : [line('base', base)]),
    line('candidate', candidate),
    ...(interleaved ? ['measured in one job, round by round'] : []),
  ];
}

function gridOf(report: GateReport): Grid {
  return [
    ['', 'transport', 'metric', 'verdict', 'found'].map((text) => ({ text })),
    ...report.checks.map((check) => [
      { text: icons[severityOf(check, report)] },
      { text: check.transport },
      { text: check.metric },
      { text: check.verdict },
      { text: check.message },
    ]),
  ];
}
