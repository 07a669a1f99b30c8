import type { GateReport } from '../../compare/gate/report.ts';
import type { Result } from '../../result/schema.ts';
import { headlines } from '../blocks/headline.ts';
import { verdictLines } from '../blocks/verdict.ts';
import { toldWarnings } from '../blocks/warnings.ts';
import { formatCount } from '../text/figures.ts';
import { type Severity, severityOf } from '../text/severity.ts';
import type { ReportOptions } from './options.ts';

/*
 * Workflow commands of GitHub Actions: printed by a step, they show as annotations of the run
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
 */

/** A warning for all that a reader of the numbers should know, a notice that says what they are, and the verdict, if any. */
export function githubAnnotations(result: Result, { gate }: ReportOptions = {}): string {
  return textOf([
    ...(gate ? gateAnnotations(gate) : failureAnnotations(result)),
    ...resultAnnotations(result),
  ]);
}

/** An annotation for every check that was not passed, errors first: GitHub shows only ten of a kind. */
export function githubGateAnnotations(report: GateReport): string {
  return textOf(gateAnnotations(report));
}

/** What a verdict warns of too. */
function failureAnnotations(result: Result): Annotation[] {
  const { incomplete } = headlines(result);
  const failed = Object.entries(result.transports).filter(([, each]) => each.workflows.failed > 0);
  return [
    ...(incomplete === undefined ? [] : [warning(incomplete)]),
    ...failed.map(([name, { workflows }]) =>
      warning(`${name}: ${workflows.failed} of ${workflows.attempted} workflows failed`),
    ),
  ];
}

function resultAnnotations(result: Result): Annotation[] {
  const { title } = headlines(result);
  return [
    ...toldWarnings(result).map(({ message, weight }) => ({
      ...warning(message),
      ...(weight === 'note' && { severity: 'notice' as const }),
    })),
    { severity: 'notice', title, message: verdictLines(result).join('\n') },
  ];
}

function gateAnnotations(report: GateReport): Annotation[] {
  const { candidate, checks, warnings, verdict } = report;
  const passed = checks.filter((check) => check.verdict === 'pass').length;
  return [
    ...checks.map((check) => ({
      severity: severityOf(check, report),
      title: `${candidate.scenario}: ${check.verdict}`,
      message: check.message,
    })),
    ...warnings.map(({ message }) => warning(message)),
    {
      severity: 'notice',
      title: `${candidate.scenario}: ${verdict}`,
      message: `${formatCount(checks.length, 'check')}, ${passed} passed`,
    },
  ];
}

interface Annotation {
  severity: Severity;
  title: string;
  message: string;
}

const order = ['error', 'warning', 'notice'] as const;

function warning(message: string): Annotation {
  return { severity: 'warning', title: 'agent-latency-bench', message };
}

function textOf(annotations: readonly Annotation[]): string {
  const lines = order
    .flatMap((severity) => annotations.filter((each) => each.severity === severity))
    .map(({ severity, title, message }) => {
      const property = escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
      return `::${severity} title=${property}::${escaped(message)}\n`;
    });
  return [...new Set(lines)].join('');
}

/** As GitHub's own toolkit does it, so that no text starts a command of its own. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
