import { binomialQuantile } from './binomial.ts';
import type { Interval } from './interval.ts';

/**
 * Confidence interval of a percentile from order statistics: two of the values themselves, whatever their
 * distribution (Hahn & Meeker, Statistical Intervals, 1991, section 5.2). It covers at least as much as `level` says.
 * Null where the values are too few for both ends to be finite, as `neededCount` tells.
 * @param ascending values in ascending order; failures may stand at its end as +Infinity
 */
export function quantileInterval(
  ascending: readonly number[],
  percentile: number,
  level = 0.95,
): Interval | null {
  const ranks = quantileRanks(ascending.length, percentile, level);
  const [lower, upper] = [ascending[(ranks?.lower ?? 0) - 1], ascending[(ranks?.upper ?? 0) - 1]];
  return lower === undefined || upper === undefined ? null : { level, lower, upper };
}

/**
 * Ranks, from 1, of the values between which `quantileInterval` finds a percentile of so many: for values that stand in
 * the buckets of a histogram. Null where it would be.
 */
export function quantileRanks(
  count: number,
  percentile: number,
  level = 0.95,
): { lower: number; upper: number } | null {
  if (percentile <= 0 || percentile >= 100) return null;
  const tail = (1 - level) / 2;
  const lower = binomialQuantile(count, percentile / 100, tail).count;
  const upper = binomialQuantile(count, percentile / 100, 1 - tail).count + 1;
  return lower < 1 || upper > count ? null : { lower, upper };
}
