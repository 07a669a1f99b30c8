const SIGNIFICANT = 0.05;

/**
 * Pairs of rounds below which no change, however clear, is significant: Wilcoxon's p value of n pairs that all changed the
 * same way is 2 / 2ⁿ, and Holm takes the smallest of all p values tested together times their number.
 */
export function pairsToConfirm(comparisons: number): number {
  return Math.ceil(1 + Math.log2(Math.max(1, comparisons) / SIGNIFICANT));
}
