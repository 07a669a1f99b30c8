import { type Alternative, exactP, normalP } from './p-value.ts';
import { rank, tieTerm } from './ranks.ts';

/** As many values on both sides together as are tested exactly. */
const MAX_EXACT = 40;

/** The Mann-Whitney test. */
export interface RankSum {
  /** Pairs of a base and a candidate value in which the candidate's is the larger, U; ties count half. */
  statistic: number;
  /** 1 where all values are equal or a side has none. */
  p: number;
}

/**
 * Mann-Whitney U test of two unpaired samples (Annals of Mathematical Statistics 18, 1947, pages 50-60). Up to 40 values
 * in all, the distribution of U over all ways to deal them out is counted, ties included; beyond, the normal one stands in
 * for it, corrected for ties and continuity (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 2014, section 4.1).
 * @param alternative `greater`: the candidate's values tend to be larger
 */
export function rankSumTest(
  base: readonly number[],
  candidate: readonly number[],
  alternative: Alternative = 'two-sided',
): RankSum {
  const [m, n] = [candidate.length, base.length];
  const { ranks, groups } = rank([...candidate, ...base]);
  const lowestSum = (m * (m + 1)) / 2;
  const rankSum = ranks.slice(0, m).reduce((sum, each) => sum + each, 0);
  const statistic = rankSum - lowestSum;
  const all = m + n;
  if (all <= MAX_EXACT) {
    return { statistic, p: exactP(occurrences(ranks, m), 2 * rankSum, alternative) };
  }
  const variance = ((m * n) / 12) * (all + 1 - tieTerm(groups) / (all * (all - 1)));
  return { statistic, p: normalP(statistic - (m * n) / 2, variance, 1, alternative) };
}

/** How many choices of `size` of the ranks give each sum; ranks are doubled because ties share half ranks. */
function occurrences(ranks: readonly number[], size: number): Float64Array {
  const highest = ranks.length * (ranks.length + 1);
  const bySize = Array.from({ length: size + 1 }, () => new Float64Array(highest + 1));
  bySize[0]?.fill(1, 0, 1);
  for (const each of ranks) {
    for (let chosen = size; chosen >= 1; chosen--) {
      addShifted(bySize[chosen], bySize[chosen - 1], 2 * each);
    }
  }
  return bySize[size] ?? new Float64Array(1);
}

function addShifted(
  to: Float64Array | undefined,
  from: Float64Array | undefined,
  by: number,
): void {
  if (to === undefined || from === undefined) return;
  for (let sum = by; sum < to.length; sum++) to[sum] = (to[sum] ?? 0) + (from[sum - by] ?? 0);
}
