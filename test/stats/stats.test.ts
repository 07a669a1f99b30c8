import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
