import type { GateReport } from '../../compare/gate/report.ts';
import type { Result } from '../../result/schema.ts';
import type { Cell } from '../blocks/overview.ts';
import { formatCount } from '../text/figures.ts';
import { type Severity, severityOf } from '../text/severity.ts';
import { escaped, markdownGrid, markdownReport } from './markdown.ts';
import type { ReportOptions } from './options.ts';

/**
 * For `$GITHUB_STEP_SUMMARY`, where several steps write one below the other: the verdict, if there is one, then the
 * Markdown report.
 */
export function githubSummary(result: Result, { gate }: ReportOptions = {}): string {
  return `${gate ? githubGateSummary(gate) : ''}${markdownReport(result)}\n`;
}

/** The verdict in one line, every check that was not passed, and all of them folded away. */
export function githubGateSummary(report: GateReport): string {
  const { candidate, checks, warnings, verdict } = report;
  const unmet = checks.filter((check) => check.verdict !== 'pass');
  const blocks = [
    [
      `### ${icons[weightOf(report)]} ${escaped(candidate.scenario)}: ${verdict}, ${formatCount(checks.length, 'check')}, ${unmet.length} not passed`,
    ],
    sidesOf(report).map((line) => `- ${escaped(line)}`),
    unmet.map((check) => `- ${icons[severityOf(check, report)]} ${escaped(check.message)}`),
    warnings.map(({ message }) => `- ⚠️ ${escaped(message)}`),
    checks.length === 0
      ? []
      : ['<details><summary>All checks</summary>', '', ...gridOf(report), '', '</details>'],
  ];
  const filled = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${filled.join('\n\n')}\n\n`;
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

function gridOf(report: GateReport): string[] {
  const heading: Cell[] = ['', 'transport', 'metric', 'verdict', 'found'].map((text) => ({ text }));
  return markdownGrid([
    heading,
    ...report.checks.map((check): Cell[] => [
      { text: icons[severityOf(check, report)] },
      { text: check.transport },
      { text: check.metric },
      { text: check.verdict },
      { text: check.message },
    ]),
  ]);
}
