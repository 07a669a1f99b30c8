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
  if (percentile <= 0 || percentile >= 100) return null;
  const tail = (1 - level) / 2;
  const lower = binomialQuantile(ascending.length, percentile / 100, tail);
  const upper = binomialQuantile(ascending.length, percentile / 100, 1 - tail);
  const [low, high] = [ascending[lower.count - 1], ascending[upper.count]];
  return low === undefined || high === undefined ? null : { level, lower: low, upper: high };
}
