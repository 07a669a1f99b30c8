import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMedian } from '../../src/stats/bootstrap.ts';
import { medianRatio } from '../../src/stats/median-ratio.ts';
import { neededCount } from '../../src/stats/needed-count.ts';
import { median, nearestRank } from '../../src/stats/percentile.ts';

describe('nearestRank', () => {
  it.each([
    { why: 'rank 2.5 is rounded up', values: [15, 20, 35, 40, 50], percentile: 50, expected: 35 },
    { why: 'rank 2 exactly', values: [15, 20, 35, 40, 50], percentile: 40, expected: 20 },
    { why: 'p0 is the smallest', values: [15, 20], percentile: 0, expected: 15 },
    { why: 'p100 is the largest', values: [15, 20], percentile: 100, expected: 20 },
    { why: 'one value is every percentile', values: [7], percentile: 99, expected: 7 },
    { why: 'nothing has no percentile', values: [], percentile: 50, expected: undefined },
  ])('$why', ({ values, percentile, expected }) => {
    expect(nearestRank(values, percentile)).toBe(expected);
  });

  it('does not slip a rank by binary fractions: 99.9 % of 1,000 is rank 999', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index + 1);
    expect(nearestRank(values, 99.9)).toBe(999);
  });

  it('is reached by the stated share of values, and by no smaller value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percentile) => {
          const found =
            nearestRank(
              values.toSorted((a, b) => a - b),
              percentile,
            ) ?? NaN;
          const upTo = values.filter((value) => value <= found).length;
          const below = values.filter((value) => value < found).length;
          expect(upTo * 100).toBeGreaterThanOrEqual(percentile * values.length);
          expect(below * 100).toBeLessThan(percentile * values.length);
        },
      ),
    );
  });
});

it.each([
  { why: 'odd count', values: [3, 1, 2], expected: 2 },
  { why: 'even count: mean of the middle two', values: [4, 1, 3, 2], expected: 2.5 },
  { why: 'numbers, not text: 10 comes after 9', values: [10, 9, 1], expected: 9 },
  { why: 'nothing', values: [], expected: undefined },
])('median: $why', ({ values, expected }) => {
  expect(median(values)).toBe(expected);
});

describe('neededCount', () => {
  it.each([
    [50, 6],
    [90, 36],
    [95, 72],
    [99, 368],
    [99.9, 3688],
  ])('p%d needs %d samples at 95 %%', (percentile, expected) => {
    expect(neededCount(percentile)).toBe(expected);
  });

  it('is symmetric: the low tail is as rare as the high one', () => {
    expect(neededCount(5)).toBe(neededCount(95));
  });
});

describe('medianRatio', () => {
  const noisy = Array.from({ length: 21 }, (_, index) => [100, 80 + index] as const);

  it('is the median of the ratios, even where the bases differ', () => {
    expect(
      medianRatio(
        [
          [100, 50],
          [10, 9],
          [1000, 900],
        ],
        1,
      )?.ratio,
    ).toBeCloseTo(0.9, 12);
  });

  it('weighs twice and half as long alike', () => {
    expect(
      medianRatio(
        [
          [100, 200],
          [100, 50],
        ],
        1,
      )?.ratio,
    ).toBeCloseTo(1, 12);
  });

  it('has no interval below 6 pairs, and one from 6 on', () => {
    expect(medianRatio(noisy.slice(0, 5), 1)?.interval).toBeNull();
    expect(medianRatio(noisy.slice(0, 6), 1)?.interval).toMatchObject({ level: 0.95 });
  });

  it('is nothing without pairs', () => {
    expect(medianRatio([], 1)).toBeUndefined();
  });

  it('gives the same interval for the same seed, and draws from it', () => {
    const steps = Array.from({ length: 300 }, (_, index) => 80 + index / 7);
    expect(bootstrapMedian(steps, 7, 0.95)).toEqual(bootstrapMedian(steps, 7, 0.95));
    const lowers = new Set([1, 2, 3, 4, 5].map((seed) => bootstrapMedian(steps, seed, 0.95).lower));
    expect(lowers.size).toBeGreaterThan(1);
  });

  it('does not depend on the order of the pairs', () => {
    expect(medianRatio(noisy.toReversed(), 3)).toEqual(medianRatio(noisy, 3));
  });

  // P(bootstrap median ≤ x(k)) = P(Bin(21, k/21) ≥ 11): 1.8 % up to k = 6, 5.6 % up to 7;
  // 94.4 % up to k = 14, 98.2 % up to 15. So the interval is x(7) to x(15).
  it('agrees with the exact bootstrap distribution of the median of 21 values', () => {
    const logRatios = noisy.map(([base, candidate]) => Math.log(candidate / base));
    const { lower, upper } = bootstrapMedian(
      logRatios.sort((a, b) => a - b),
      1,
      0.95,
    );
    expect(Math.exp(lower)).toBeCloseTo(0.86, 10);
    expect(Math.exp(upper)).toBeCloseTo(0.94, 10);
  });

  it('is a point where all rounds agree', () => {
    const same = Array.from({ length: 10 }, () => [100, 88] as const);
    const { ratio, interval } = medianRatio(same, 1) ?? {};
    expect(ratio).toBeCloseTo(0.88, 12);
    expect(interval?.lower).toBeCloseTo(0.88, 12);
    expect(interval?.upper).toBeCloseTo(0.88, 12);
  });
});

describe('the interval of the median ratio', () => {
  // Ranks by qbinom(0.025, n, 0.5) in R: the k-th value from either end.
  it.each([
    [6, 1, 'the fewest that give one'],
    [7, 1, 'where the bootstrap alone covers 87.5 %'],
    [9, 2, 'the first that may leave one out'],
    [20, 6, 'twenty rounds'],
    [40, 14, 'forty rounds'],
    [2000, 957, 'beyond the exact sum'],
  ])('of %i pairs reaches at least to the order statistics of rank %i: %s', (n, rank) => {
    const pairs = Array.from({ length: n }, (_, index) => [1000, 1000 + index] as const);
    const { lower, upper } = medianRatio(pairs, 1)?.interval ?? { lower: NaN, upper: NaN };
    expect(lower).toBeLessThanOrEqual((1000 + rank - 1) / 1000 + 1e-9);
    expect(upper).toBeGreaterThanOrEqual((1000 + n - rank) / 1000 - 1e-9);
  });
});
