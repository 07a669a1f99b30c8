import { controlNoisePercent } from '../../compare/rounds/control.ts';
import { fellBackOf, workflowsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Comparison, Result } from '../../result/schema.ts';
import { hasWarning } from '../../result/warnings/kinds.ts';
import { neededCount } from '../../stats/needed-count.ts';
import {
  changeOf,
  formatChange,
  formatChangeRange,
  formatCount,
  formatDuration,
} from '../text/figures.ts';

/** What the run says of each candidate against its bases: one plain sentence, that claims no more than the interval does. */
export function verdictLines(result: Result): string[] {
  const [base, ...candidates] = result.run.options.transports;
  if (base === undefined || candidates.length === 0) {
    return [
      'Only one transport ran: there is nothing to compare it with.',
      ...controlLines(result),
    ];
  }
  const workflows = result.comparisons.filter(({ metric }) => metric === 'workflow_e2e');
  const sentences = workflows.map((comparison) => verdictOf(result, comparison));
  return [
    ...sentences,
    ...detectableLines(result, workflows),
    ...controlLines(result),
    ...caveats(result),
  ];
}

/** The comparisons of whole workflows in which the verdict claims a difference. */
export function claimedDifferences(result: Result): Comparison[] {
  return result.comparisons.filter((comparison) => {
    const { base, candidate, metric, interval } = comparison;
    const mixed = [base, candidate].some((name) => fallenBack(result, name).length > 0);
    if (metric !== 'workflow_e2e' || mixed || interval === null) return false;
    if (interval.lower <= 1 && interval.upper >= 1) return false;
    return shareUsOf(result, comparison) >= floorUsOf(result);
  });
}

/** The short name of a difference: its candidate, and the other side where that isn't the base of the run. */
export function differenceName({ run }: Result, { base, candidate }: Comparison): string {
  return base === run.options.transports[0] ? candidate : `${candidate} against ${base}`;
}

/** How small a difference this run would still have found, whatever it did find; never below our own error. */
function detectableLines(result: Result, workflows: readonly Comparison[]): string[] {
  const found = workflows.flatMap((comparison) => {
    const { base, candidate, detectablePercent } = comparison;
    const mixed = [base, candidate].some((name) => fallenBack(result, name).length > 0);
    if (mixed || detectablePercent === null) return [];
    const baseUs = result.transports[base]?.metrics.workflow_e2e?.p50 ?? Infinity;
    const percent = Math.max(detectablePercent, (floorUsOf(result) / baseUs) * 100);
    return [`${percent.toFixed(1)} % (${differenceName(result, comparison)})`];
  });
  if (found.length === 0) return [];
  return [
    `A run like this one finds a difference of ${found.join(', ')} four times out of five; plan says how many rounds smaller ones need.`,
  ];
}

/** Our own calibrated error over a whole workflow. */
function floorUsOf({ calibration, run }: Result): number {
  return (calibration?.noiseFloorUs ?? 0) * run.scenario.steps;
}

/** What the base against itself shows: how large no difference looks. */
export function controlLines({ control }: Result): string[] {
  if (control === undefined) return [];
  const { base, pairs, changePercent } = control;
  const noisePercent = controlNoisePercent(control);
  if (changePercent === null || noisePercent === null) {
    return [
      `A/A: too few rounds (${pairs}) of ${base} against itself to say how large no difference looks; ${neededCount(50)} are needed.`,
    ];
  }
  return [
    `A/A: ${base} against itself came to ${formatChange(changePercent)}; no difference looks like up to ±${noisePercent.toFixed(1)} % here.`,
  ];
}

/** One comparison of whole workflows in a sentence, which claims no more than its interval does. */
export function verdictOf(result: Result, comparison: Comparison): string {
  const { base, candidate, pairs, changePercent, interval } = comparison;
  const mixed = [candidate, base].find((name) => fallenBack(result, name).length > 0);
  if (mixed !== undefined) {
    const ran = formatCount(workflowsOf(mixed, result.rounds).length, 'workflow');
    const against = mixed === candidate ? `${candidate} and ${base}` : `${base} and ${candidate}`;
    return `${against} are not judged: ${fallenBack(result, mixed).length} of ${ran} of ${mixed} ran over HTTP after a fallback: not WebSocket's speed.`;
  }
  if (pairs === 0 || changePercent === null) return nothingToCompare(result, base, candidate);
  if (interval === null) {
    return `${candidate} against ${base}: too few ${pairNoun(result)}s (${pairs}) for an interval; ${neededCount(50)} are needed.`;
  }
  const rounds = formatCount(pairs, pairNoun(result));
  const lower = changeOf(interval.lower);
  const upper = changeOf(interval.upper);
  if (interval.lower <= 1 && interval.upper >= 1) {
    return `${candidate} and ${base}: no difference that ${rounds} can tell (95 % interval ${formatChangeRange(lower, upper)}).`;
  }
  const baseUs = baseUsOf(result, base);
  const shareUs = shareUsOf(result, comparison);
  const floorUs = floorUsOf(result);
  if (shareUs < floorUs) {
    return `${candidate} and ${base}: no difference that can be claimed: ${formatDuration(shareUs)} per workflow lie within our own calibrated error (${formatDuration(floorUs)} over ${formatCount(result.run.scenario.steps, 'step')}).`;
  }
  const percent = percentFormat(lower, upper);
  const [least, most] = lower < 0 ? [upper, lower] : [lower, upper];
  const evidence = `(95 % interval ${percent(least)} to ${percent(most)} %, ${rounds})`;
  const share = formatDuration(shareUs);
  return interval.upper < 1
    ? `${candidate} finished this workflow ${percent(changePercent)} % faster than ${base} ${evidence}: ${share} of ${formatDuration(baseUs)}.`
    : `${candidate} took ${percent(changePercent)} % longer than ${base} ${evidence}: ${share} on top of ${formatDuration(baseUs)}.`;
}

/** What the pairs of a comparison are: rounds, or where workflows came at a rate the windows in which they did. */
export function pairNoun({ run }: Pick<Result, 'run'>): string {
  return run.options.load?.by === 'rate' ? 'window' : 'round';
}

/** What the change comes to on a median workflow of the base. */
function shareUsOf(result: Result, { base, changePercent }: Comparison): number {
  return (baseUsOf(result, base) * Math.abs(changePercent ?? 0)) / 100;
}

function baseUsOf({ transports }: Result, base: string): number {
  return transports[base]?.metrics.workflow_e2e?.p50 ?? 0;
}

function fallenBack(result: Result, name: string): WorkflowRecord[] {
  return fellBackOf(workflowsOf(name, result.rounds));
}

/** Digits that the interval bears out: whole percents, unless its ends would then look alike or like nothing. */
function percentFormat(lower: number, upper: number): (percent: number) => string {
  const nearest = Math.min(Math.abs(lower), Math.abs(upper));
  const decimals = upper - lower < 2 || nearest < 1 ? 1 : 0;
  return (percent) => Math.abs(percent).toFixed(decimals);
}

function nothingToCompare(result: Result, base: string, candidate: string): string {
  const silent = [base, candidate].filter(
    (name) => (result.transports[name]?.workflows.completed ?? 0) === 0,
  );
  const reason =
    silent.length === 0
      ? 'in no round did both complete'
      : `${silent.join(' and ')} completed no workflow`;
  return `${candidate} and ${base} are not compared: ${reason}.`;
}

/** What would make the sentences of a verdict sound better than they are. */
export function caveats(result: Result): string[] {
  const { run, transports } = result;
  const partly = run.options.transports.filter((name) => {
    const { completed = 0, failed = 0 } = transports[name]?.workflows ?? {};
    return completed > 0 && failed > 0;
  });
  return [
    ...(partly.length > 0
      ? [
          `Some workflows failed on ${partly.join(', ')}: only rounds in which both sides completed are compared.`,
        ]
      : []),
    ...(hasWarning(result, 'unfit')
      ? ['This machine was unfit to measure (see the warning): the times are largely our own.']
      : []),
    ...(hasWarning(result, 'fell_behind')
      ? ['More came than was done (see the warning): these times grow with the length of the run.']
      : []),
    ...(hasWarning(result, 'outcomes_differ')
      ? ['The transports did not do the same work (see the warning): the times are not comparable.']
      : []),
  ];
}
