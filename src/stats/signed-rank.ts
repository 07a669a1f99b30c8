import { type Alternative, exactP, normalP } from './p-value.ts';
import { rank, tieTerm } from './ranks.ts';

/** As many differences as are tested exactly. */
const MAX_EXACT = 50;

/** Wilcoxon's signed-rank test. */
export interface SignedRank {
  /** Sum of the ranks of the positive differences, W⁺. */
  statistic: number;
  /** 1 where there is no difference but 0. */
  p: number;
}

/**
 * Wilcoxon signed-rank test of paired differences against 0 (Biometrics Bulletin 1, 1945, pages 80-83). Zeros are left out,
 * as Wilcoxon did. Up to 50 differences the distribution of W⁺ over all signs is counted, ties included; beyond, the normal
 * one stands in for it, corrected for ties and continuity (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods,
 * 2014, section 3.1).
 * @param alternative `greater`: differences tend to lie above 0
 */
export function signedRankTest(
  differences: readonly number[],
  alternative: Alternative = 'two-sided',
): SignedRank {
  const nonZero = differences.filter((difference) => difference !== 0);
  const { ranks, groups } = rank(nonZero.map(Math.abs));
  const statistic = ranks.reduce(
    (sum, each, index) => ((nonZero[index] ?? 0) > 0 ? sum + each : sum),
    0,
  );
  const n = nonZero.length;
  if (n <= MAX_EXACT) {
    return { statistic, p: exactP(occurrences(ranks), 2 * statistic, alternative) };
  }
  const mean = (n * (n + 1)) / 4;
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieTerm(groups) / 48;
  return { statistic, p: normalP(statistic - mean, variance, 1, alternative) };
}

/** How many of the 2ⁿ choices of signs give each sum: ranks enter one by one, doubled because ties share half ranks. */
function occurrences(ranks: readonly number[]): Float64Array {
  const counts = new Float64Array(ranks.length * (ranks.length + 1) + 1);
  counts[0] = 1;
  let highest = 0;
  for (const each of ranks) {
    const step = 2 * each;
    highest += step;
    for (let sum = highest; sum >= step; sum--) {
      counts[sum] = (counts[sum] ?? 0) + (counts[sum - step] ?? 0);
    }
  }
  return counts;
}
