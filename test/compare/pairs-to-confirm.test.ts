import { expect, it } from 'vitest';
import { pairsToConfirm } from '../../src/compare/change/pairs-to-confirm.ts';
import { holm } from '../../src/stats/holm.ts';
import { signedRankTest } from '../../src/stats/signed-rank.ts';

it.each([
  // Exact Wilcoxon of n differences of one sign: R, wilcox.test(1:6)$p.value is 0.03125, of 1:8 0.0078125, of 1:9 0.00390625.
  { comparisons: 1, pairs: 6 },
  { comparisons: 6, pairs: 8 },
  { comparisons: 9, pairs: 9 },
  { comparisons: 21, pairs: 10 },
])(
  '$pairs pairs are the fewest that confirm anything among $comparisons comparisons',
  ({ comparisons, pairs }) => {
    const clearest = (n: number): number => {
      const { p } = signedRankTest(Array.from({ length: n }, (_, at) => at + 1));
      return holm(new Array<number>(comparisons).fill(p))[0] ?? NaN;
    };
    expect(pairsToConfirm(comparisons)).toBe(pairs);
    expect(clearest(pairs)).toBeLessThanOrEqual(0.05);
    expect(clearest(pairs - 1)).toBeGreaterThan(0.05);
  },
);
