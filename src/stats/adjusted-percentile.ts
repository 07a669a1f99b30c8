import { nearestRank } from './percentile.ts';

/**
 * Percentile that failures weigh on: each counts as +Infinity, slower than all that completed. Nearest rank, so never an
 * average of a time and a failure. Undefined if there is neither.
 * @param ascending what completed, in ascending order
 */
export function adjustedPercentile(
  ascending: readonly number[],
  failures: number,
  percentile: number,
): number | undefined {
  const all = [...ascending, ...new Array<number>(failures).fill(Infinity)];
  return nearestRank(all, percentile);
}
