import { describe, expect, it } from 'vitest';
import { drift } from '../../src/stats/drift.ts';
import { holm } from '../../src/stats/holm.ts';
import { rankSumTest } from '../../src/stats/rank-sum.ts';
import { signedRankTest } from '../../src/stats/signed-rank.ts';

// Figures are of SciPy 1.17.1, by the call in the row.
const alternatives = ['two-sided', 'greater', 'less'] as const;

describe('signedRankTest', () => {
  // Depression scale factors of Hollander and Wolfe, as in R's ?wilcox.test.
  const depression = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01];
  const fifty = Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? -1 : 1) * (i + 1));
  const sixty = Array.from({ length: 60 }, (_, i) => ((i * 37) % 101) - 40);
  const sixtyTied = Array.from({ length: 60 }, (_, i) => ((i * 7) % 23) - 8);

  it.each([
    {
      call: "wilcoxon(d, method='exact')",
      differences: depression,
      statistic: 40,
      ps: [0.0390625, 0.01953125, 0.986328125],
    },
    {
      call: "wilcoxon(d, method='exact') of 50",
      differences: fifty,
      statistic: 850,
      ps: [0.03996834652842374, 0.01998417326421187, 0.9804922372390692],
    },
    {
      call: "wilcoxon(d, zero_method='wilcox', method=PermutationMethod(n_resamples=10**7)): ties and a zero",
      differences: [1, 1, -2, 3, 3, 0, -1, 4, 5, 2],
      statistic: 38.5,
      ps: [0.0703125, 0.03515625],
    },
    {
      call: "wilcoxon(d, zero_method='wilcox', correction=True, method='asymptotic') of 60",
      differences: sixty,
      statistic: 1187,
      ps: [0.022858234652659223, 0.011429117326329612, 0.9887949445531324],
    },
    {
      call: "wilcoxon(d, zero_method='wilcox', correction=True, method='asymptotic') of 60 with ties and zeros",
      differences: sixtyTied,
      statistic: 1210.5,
      ps: [0.0022936757641480354, 0.0011468378820740177, 0.9988831529807675],
    },
  ])('agrees with $call', ({ differences, statistic, ps }) => {
    for (const [index, p] of ps.entries()) {
      const found = signedRankTest(differences, alternatives[index]);
      expect(found.statistic).toBe(statistic);
      expect(found.p).toBeCloseTo(p, 12);
    }
  });

  it.each([
    {
      why: 'six of one sign can say no more than 2/2⁶',
      differences: [1, 2, 3, 4, 5, 6],
      p: 1 / 32,
    },
    { why: 'no difference but 0', differences: [0, 0, 0], p: 1 },
    { why: 'no difference at all', differences: [], p: 1 },
  ])('$why', ({ differences, p }) => {
    expect(signedRankTest(differences).p).toBe(p);
  });
});

describe('rankSumTest', () => {
  // Permeability constants of Hollander and Wolfe, as in R's ?wilcox.test: wilcox.test(x, y, alternative = "g").
  const at = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const before = [1.15, 0.88, 0.9, 0.74, 1.21];
  const many = (n: number, step: number, modulus: number, offset: number): number[] =>
    Array.from({ length: n }, (_, i) => ((i * step) % modulus) + offset);

  it.each([
    {
      call: "mannwhitneyu(x, y, method='exact')",
      base: before,
      candidate: at,
      statistic: 35,
      ps: [0.2544122544122544, 0.1272061272061272, 0.8967698967698967],
    },
    {
      call: "mannwhitneyu(x, y, method='exact') of 20 and 20",
      base: many(20, 37, 101, 0.5),
      candidate: many(20, 29, 97, 15),
      statistic: 251,
      ps: [0.17382861234967434],
    },
    {
      call: 'mannwhitneyu(x, y, method=PermutationMethod(n_resamples=10**6)): ties',
      base: [1, 2, 2, 3, 5, 8],
      candidate: [2, 3, 3, 4, 8, 9, 9],
      statistic: 30.5,
      ps: [0.19114219114219114, 0.09557109557109557, 0.9184149184149184],
    },
    {
      call: "mannwhitneyu(x, y, method='asymptotic', use_continuity=True)",
      base: many(30, 37, 101, 0),
      candidate: many(25, 29, 97, 15),
      statistic: 485.5,
      ps: [0.0629552977195746, 0.0314776488597873, 0.9697006141625056],
    },
  ])('agrees with $call', ({ base, candidate, statistic, ps }) => {
    for (const [index, p] of ps.entries()) {
      const found = rankSumTest(base, candidate, alternatives[index]);
      expect(found.statistic).toBe(statistic);
      expect(found.p).toBeCloseTo(p, 12);
    }
  });

  it.each([
    { why: 'a side is empty', base: [], candidate: [1, 2], p: 1 },
    { why: 'few values, all equal', base: [1, 1], candidate: [1, 1], p: 1 },
    { why: 'many values, all equal', base: many(30, 0, 1, 1), candidate: many(30, 0, 1, 1), p: 1 },
    {
      why: 'failures as infinities tie',
      base: [1, 2, Infinity],
      candidate: [1, 2, Infinity],
      p: 1,
    },
  ])('has nothing to say where $why', ({ base, candidate, p }) => {
    expect(rankSumTest(base, candidate).p).toBe(p);
  });
});

// p.adjust(p, "holm") in R: (n − rank + 1) p, never falling, at most 1.
describe('holm', () => {
  it.each([
    {
      why: 'smallest times the count, and so on',
      ps: [0.01, 0.02, 0.03],
      expected: [0.03, 0.04, 0.04],
    },
    { why: 'in the order given', ps: [0.04, 0.01], expected: [0.04, 0.02] },
    { why: 'never falling', ps: [0.01, 0.011, 0.012, 0.5], expected: [0.04, 0.04, 0.04, 0.5] },
    { why: 'at most 1', ps: [0.6, 0.9], expected: [1, 1] },
    { why: 'one test stands as it is', ps: [0.049], expected: [0.049] },
    { why: 'none', ps: [], expected: [] },
  ])('$why', ({ ps, expected }) => {
    const adjusted = holm(ps);
    expect(adjusted).toHaveLength(expected.length);
    for (const [index, p] of adjusted.entries()) expect(p).toBeCloseTo(expected[index] ?? NaN, 12);
  });
});

describe('drift', () => {
  // slope: theilslopes(w).slope; p: S = 47 and its variance by Kendall's formula, 2 * norm.sf((47 - 1) / var**0.5).
  it('finds a slow rise, ties included', () => {
    const found = drift([5.1, 4.8, 5.3, 5.3, 5.9, 5.6, 6.2, 5.8, 6.4, 6, 6.6, 6.1]);
    expect(found?.slope).toBeCloseTo(0.11666666666666661, 12);
    expect(found?.p).toBeCloseTo(0.0015680818590886327, 12);
  });

  it.each([
    { why: 'a hiccup moves neither', values: [5, 5, 500, 5, 5, 5, 5, 5], slope: 0, least: 0.3 },
    { why: 'ups and downs are no trend', values: [1, 2, 1, 2, 1, 2, 1, 2], slope: 0, least: 0.3 },
    { why: 'all are equal', values: [3, 3, 3, 3, 3], slope: 0, least: 1 },
  ])('sees none where $why', ({ values, slope, least }) => {
    const found = drift(values);
    expect(found?.slope).toBeCloseTo(slope, 12);
    expect(found?.p).toBeGreaterThanOrEqual(least);
  });

  it('needs two values', () => {
    expect(drift([1])).toBeUndefined();
  });
});
