import { isDeepStrictEqual } from 'node:util';
import type { RoundRecord } from '../../result/record.ts';
import { type Comparison, comparedMetrics, type Result } from '../../result/schema.ts';
import type { Interval } from '../../stats/interval.ts';
import { median } from '../../stats/percentile.ts';
import { rankSumTest } from '../../stats/rank-sum.ts';
import { ratioOfMedians } from '../../stats/ratio-of-medians.ts';
import { detectablePercent, pairedChange, withAdjustedP } from './paired-change.ts';
import { pairOf, windowPairs } from './pairs.ts';
import { pairsToConfirm } from './pairs-to-confirm.ts';
import { workflowValueUs } from './workflow-value.ts';

/** The change of one metric of one transport from one result to the other. */
export interface Difference {
  transport: string;
  metric: Comparison['metric'];
  /** Medians in µs; null where none completed. */
  baseUs: number | null;
  candidateUs: number | null;
  samples: { base: number; candidate: number };
  /** Rounds in which both completed; null where the two were not interleaved. */
  pairs: number | null;
  /** Candidate over base. */
  ratio: number | null;
  interval: Interval | null;
  /** Of no difference; null without samples. */
  test: { name: 'wilcoxon' | 'mann-whitney'; p: number } | null;
  /** After Holm, over all differences returned together. */
  adjustedP: number | null;
  /** Smallest slowdown that such a run tells from none with a power of 0.8, in percent; null where it can't find any. */
  detectablePercent: number | null;
}

/**
 * Every metric of every transport that both results have. Rounds of results that one job interleaved are paired: median
 * ratio and Wilcoxon's signed-rank test. Others are two samples: ratio of medians and the Mann-Whitney test.
 */
export function compareResults(base: Result, candidate: Result): Difference[] {
  const paired = arePaired(base, candidate);
  const differences = sharedTransports(base, candidate).flatMap((transport) =>
    comparedMetrics.map((metric) =>
      (paired ? pairedDifference : unpairedDifference)(base, candidate, transport, metric),
    ),
  );
  return withAdjustedP(withoutVainHope(differences));
}

/** Whether the rounds of two results belong together: one job interleaved them, or they are the same rounds. */
export function arePaired(base: Result, candidate: Result): boolean {
  const { interleaved } = base.run;
  if (interleaved !== undefined) return interleaved === candidate.run.interleaved;
  return base.run.id === candidate.run.id && isDeepStrictEqual(base.rounds, candidate.rounds);
}

/** Transports of both, in the order of the base. */
export function sharedTransports(base: Result, candidate: Result): string[] {
  const others = new Set(candidate.run.options.transports);
  return base.run.options.transports.filter((name) => others.has(name));
}

type Metric = Difference['metric'];
type Unadjusted = Omit<Difference, 'adjustedP'>;

/** Where no change could become significant, none is detectable. */
function withoutVainHope(differences: readonly Unadjusted[]): Unadjusted[] {
  const needed = pairsToConfirm(differences.filter(({ test }) => test !== null).length);
  return differences.map((difference) =>
    difference.pairs !== null && difference.pairs < needed
      ? { ...difference, detectablePercent: null }
      : difference,
  );
}

function pairedDifference(
  base: Result,
  candidate: Result,
  transport: string,
  metric: Metric,
): Unadjusted {
  const later = new Map(candidate.rounds.map((round) => [round.index, round]));
  const pairs = windowPairs(
    base.rounds.flatMap((round) => {
      const other = later.get(round.index)?.workflows[transport];
      const found = pairOf(round.workflows[transport], other, metric);
      return found.map((pair) => ({ round, pair }));
    }),
  );
  const before = valuesUs(base, transport, metric);
  const after = valuesUs(candidate, transport, metric);
  const change = pairedChange(pairs);
  return {
    transport,
    metric,
    ...mediansOf(before, after),
    pairs: pairs.length,
    ...change,
    detectablePercent: detectablePercent(change.interval, pairs.length),
  };
}

function unpairedDifference(
  base: Result,
  candidate: Result,
  transport: string,
  metric: Metric,
): Unadjusted {
  const before = valuesUs(base, transport, metric);
  const after = valuesUs(candidate, transport, metric);
  const found = ratioOfMedians(before, after);
  const interval = found?.interval ?? null;
  return {
    transport,
    metric,
    ...mediansOf(before, after),
    pairs: null,
    ratio: found?.ratio ?? null,
    interval,
    test: found === undefined ? null : { name: 'mann-whitney', p: rankSumTest(before, after).p },
    detectablePercent: detectablePercent(interval, Math.min(before.length, after.length)),
  };
}

function mediansOf(
  before: readonly number[],
  after: readonly number[],
): Pick<Difference, 'baseUs' | 'candidateUs' | 'samples'> {
  return {
    baseUs: median(before) ?? null,
    candidateUs: median(after) ?? null,
    samples: { base: before.length, candidate: after.length },
  };
}

function valuesUs({ rounds }: Result, transport: string, metric: Metric): number[] {
  return rounds.flatMap((round) => valueUs(round, transport, metric) ?? []);
}

function valueUs(
  round: RoundRecord | undefined,
  transport: string,
  metric: Metric,
): number | undefined {
  return workflowValueUs(round?.workflows[transport], metric);
}
