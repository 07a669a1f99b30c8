import { detectableRatio } from '../../stats/detectable-effect.ts';
import { holm } from '../../stats/holm.ts';
import type { Interval } from '../../stats/interval.ts';
import { medianRatio } from '../../stats/median-ratio.ts';
import { signedRankTest } from '../../stats/signed-rank.ts';

const POWER = 0.8;

/** The change that pairs of a base and a candidate show of the change between them. */
export interface PairedChange {
  /** Candidate over base, the median of the pairs; null without any. */
  ratio: number | null;
  /** Null below 6 pairs. */
  interval: Interval | null;
  /** Of no difference, two-sided; null without pairs. */
  test: { name: 'wilcoxon'; p: number } | null;
}

/** The median ratio of pairs, and Wilcoxon's signed-rank test of its logarithm. */
export function pairedChange(
  pairs: readonly (readonly [base: number, candidate: number])[],
): PairedChange {
  const found = medianRatio(pairs);
  if (found === undefined) return { ratio: null, interval: null, test: null };
  const { p } = signedRankTest(pairs.map(([base, candidate]) => Math.log(candidate / base)));
  return { ...found, test: { name: 'wilcoxon', p } };
}

/**
 * The smallest slowdown, in percent, that a run with such an interval on so many samples tells from none four times out
 * of five.
 */
export function detectablePercent(interval: Interval | null, samples: number): number | null {
  return interval && (detectableRatio({ interval, samples, power: POWER }) - 1) * 100;
}

/** The same with p values after Holm, over all of them together. */
export function withAdjustedP<Tested extends { test: { p: number } | null }>(
  all: readonly Tested[],
): (Tested & { adjustedP: number | null })[] {
  const adjusted = holm(all.flatMap(({ test }) => test?.p ?? []));
  return all.map((each) => ({ ...each, adjustedP: each.test && (adjusted.shift() ?? null) }));
}
