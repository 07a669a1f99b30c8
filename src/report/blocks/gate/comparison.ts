import { amount } from '../../../compare/gate/amount.ts';
import { pText } from '../../../compare/gate/p-text.ts';
import { regressionReasons } from '../../../compare/gate/regressions.ts';
import type { GateCheck, GateReport, RegressionCheck } from '../../../compare/gate/report.ts';
import {
  DASH,
  formatChange,
  formatChangeRange,
  formatCount,
  formatDuration,
} from '../../text/figures.ts';
import type { Cell } from '../block.ts';

/** A gate's report as the pieces that its formats are made of. */
export interface ComparisonText {
  title: string;
  /** Who is compared with whom; nothing without a base. */
  sides: string[];
  /** Heading and a row for every metric of every transport; empty where nothing was compared. */
  grid: Cell[][];
  note: string;
  /** What each side's prompt cache held; nothing where no endpoint tells. */
  promptCache: string[];
  /** The verdict, and a line for every check that was not passed. */
  verdict: string[];
  warnings: string[];
}

/** The parts of what a gate's report says. */
export function comparisonText(report: GateReport): ComparisonText {
  const compared = report.checks.filter((check) => check.kind === 'regression');
  return {
    title: titleOf(report),
    sides: sidesOf(report),
    grid: compared.length === 0 ? [] : [heading, ...compared.map(rowOf)],
    note: noteOf(report),
    promptCache: promptCacheLines(report),
    verdict: [summaryOf(report), ...unmetLines(report)],
    warnings: report.warnings.map(({ message }) => message),
  };
}

/** A line for every check that was not passed; comparisons that say nothing for one reason share a line, as the table has them. */
function unmetLines({ checks, advisory }: GateReport): string[] {
  const unmet = checks.filter((check) => check.verdict !== 'pass' && !isOpen(check));
  const undecided = unmet.filter(isUndecided);
  const reasons = [...new Set(undecided.map(({ reason }) => reason))];
  return [
    ...unmet
      .filter((check) => !isUndecided(check))
      .map((check) => `${labelOf(check, advisory)}: ${check.message}`),
    ...reasons.map((reason) => {
      const names = undecided
        .filter((check) => check.reason === reason)
        .map(({ transport, metric }) => `${transport}.${metric}`);
      return `inconclusive: ${names.join(', ')}: ${regressionReasons[reason]}`;
    }),
  ];
}

function isUndecided(check: GateCheck): check is RegressionCheck {
  return check.kind === 'regression' && check.verdict === 'inconclusive';
}

/** Only more rounds would tell: the table shows it, and it is nobody's fault. */
function isOpen(check: GateCheck): boolean {
  return check.kind === 'regression' && check.reason === 'spans_limit';
}

function labelOf(check: GateCheck, advisory: boolean): string {
  if (check.verdict === 'inconclusive') return 'inconclusive';
  if (check.level === 'warn') return 'warning';
  if (check.kind === 'threshold') return 'threshold crossed';
  return advisory ? 'advice' : 'regression';
}

function titleOf({ base, candidate, tool }: GateReport): string {
  const what = base === null ? 'gate' : 'comparison';
  return `${candidate.scenario} · ${what} · ${tool.name} ${tool.version}`;
}

function sidesOf({ base, candidate, interleaved }: GateReport): string[] {
  const line = (name: string, side: GateReport['candidate']): string =>
    `${name.padEnd(9)}  ${side.endpoint} · ${formatCount(side.rounds, 'round')} · ${side.startedAt}${side.complete ? '' : ' · INCOMPLETE'}`;
  return [
    ...(base === null ? [] : [line('base', base)]),
    line('candidate', candidate),
    ...(interleaved ? ['measured in one job, round by round'] : []),
  ];
}

const heading: Cell[] = [
  { text: 'transport', detail: 'metric' },
  { text: 'base', detail: 'median' },
  { text: 'candidate', detail: 'median' },
  { text: 'change', detail: '95 % interval' },
  { text: 'p', detail: 'adjusted' },
  { text: 'verdict' },
  { text: 'detectable', detail: 'power 0.8' },
];

function rowOf(check: RegressionCheck): Cell[] {
  const { transport, metric, adjustedP, detectablePercent } = check;
  return [
    { text: transport, detail: metric },
    { text: amountOf(check.base, check) },
    { text: amountOf(check.candidate, check) },
    changeOf(check),
    { text: adjustedP === null ? DASH : pText(adjustedP) },
    verdictCell(check),
    { text: detectablePercent === null ? DASH : formatChange(detectablePercent) },
  ];
}

function amountOf(value: number | null, { unit }: RegressionCheck): string {
  if (value === null) return DASH;
  return unit === 'share' ? amount(value, unit) : formatDuration(value);
}

function changeOf({ unit, value, interval }: RegressionCheck): Cell {
  if (unit === 'share' || value === null) return { text: DASH };
  return {
    text: formatChange(value),
    detail: interval === null ? 'no interval' : formatChangeRange(interval.lower, interval.upper),
  };
}

function verdictCell({ verdict, limit, unit }: RegressionCheck): Cell {
  const detail = unit === 'percent' ? `limit ${formatChange(limit)}` : undefined;
  const cell: Cell = { text: verdict, ...(detail !== undefined && { detail }) };
  if (verdict === 'regression') return { ...cell, tone: 'worse' };
  return verdict === 'pass' ? { ...cell, tone: 'better' } : cell;
}

function noteOf({ checks }: GateReport): string {
  return checks.some((check) => check.kind === 'regression' && check.test?.name === 'wilcoxon')
    ? 'Change: median ratio of the paired rounds; p by Wilcoxon, after Holm. Detectable: the smallest slowdown that such a run tells from none, four times out of five.'
    : 'Change: ratio of the medians; p by Mann-Whitney, after Holm. Detectable: the smallest slowdown that such a run tells from none, four times out of five.';
}

function promptCacheLines({ cachedShares }: GateReport): string[] {
  if (cachedShares.length === 0) return [];
  const text = (share: number | null): string => (share === null ? DASH : amount(share, 'share'));
  const changes = cachedShares.map(
    ({ transport, base, candidate }) => `${transport} ${text(base)} → ${text(candidate)}`,
  );
  return [`Share of the input found in the prompt cache, base → candidate: ${changes.join(', ')}.`];
}

/** One sentence; that nothing differs is said only where every interval holds 0. */
function summaryOf(report: GateReport): string {
  const { checks, verdict, advisory } = report;
  const compared = checks.filter((check) => check.kind === 'regression');
  const thresholds = checks.filter((check) => check.kind === 'threshold');
  const parts = [
    ...(thresholds.length === 0 ? [] : [thresholdSummary(thresholds)]),
    ...(compared.length === 0 ? [] : [regressionSummary(compared)]),
  ];
  const says = parts.length === 0 ? 'nothing was checked' : parts.join('; ');
  return `verdict: ${advisory && verdict === 'regression' ? 'regression, as advice only' : verdict}: ${says}`;
}

function thresholdSummary(checks: readonly GateCheck[]): string {
  const crossed = checks.filter(({ verdict }) => verdict === 'crossed').length;
  return `${formatCount(checks.length, 'threshold')} checked, ${crossed === 0 ? 'none' : String(crossed)} crossed`;
}

function regressionSummary(checks: readonly RegressionCheck[]): string {
  const regressions = checks.filter(({ verdict }) => verdict === 'regression').length;
  if (regressions > 0) return `${regressions} of ${checks.length} comparisons regressed`;
  const same = checks.every(
    ({ interval, unit, verdict }) =>
      (unit === 'share' && verdict === 'pass') ||
      (interval !== null && interval.lower <= 0 && interval.upper >= 0),
  );
  if (same) return 'no difference that these rounds can tell';
  const open = checks.filter(({ verdict }) => verdict === 'inconclusive').length;
  return open > 0
    ? `no regression confirmed, ${open} of ${checks.length} comparisons inconclusive`
    : 'no regression';
}
