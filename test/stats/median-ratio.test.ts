import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import { medianInterval } from '../../src/stats/median-interval.ts';
import { medianRatio } from '../../src/stats/median-ratio.ts';
import { ratioOfMedians } from '../../src/stats/ratio-of-medians.ts';

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

describe('medianRatio', () => {
  const noisy = upTo(21).map((value) => [100, 79 + value] as const);

  it.each([
    {
      why: 'the median of the ratios, even where the bases differ',
      pairs: [
        [100, 50],
        [10, 9],
        [1000, 900],
      ] as const,
      expected: 0.9,
    },
    {
      why: 'twice and half as long weigh alike',
      pairs: [
        [100, 200],
        [100, 50],
      ] as const,
      expected: 1,
    },
  ])('is $why', ({ pairs, expected }) => {
    expect(medianRatio(pairs)?.ratio).toBeCloseTo(expected, 12);
  });

  it('has no interval below 6 pairs, and one from 6 on', () => {
    expect(medianRatio(noisy.slice(0, 5))?.interval).toBeNull();
    expect(medianRatio(noisy.slice(0, 6))?.interval).toMatchObject({ level: 0.95 });
  });

  it('is nothing without pairs', () => {
    expect(medianRatio([])).toBeUndefined();
  });

  it('does not depend on the order of the pairs', () => {
    expect(medianRatio(noisy.toReversed())).toEqual(medianRatio(noisy));
  });

  it('is a point where all rounds agree', () => {
    const { ratio, interval } = medianRatio(upTo(10).map(() => [100, 88] as const)) ?? {};
    expect(ratio).toBeCloseTo(0.88, 12);
    expect(interval?.lower).toBeCloseTo(0.88, 12);
    expect(interval?.upper).toBeCloseTo(0.88, 12);
  });

  it('reads its interval off the logarithms of the ratios', () => {
    const logs = noisy.map(([base, candidate]) => Math.log(candidate / base));
    const { lower, upper } = medianInterval(logs) ?? { lower: NaN, upper: NaN };
    expect(medianRatio(noisy)?.interval?.lower).toBeCloseTo(Math.exp(lower), 12);
    expect(medianRatio(noisy)?.interval?.upper).toBeCloseTo(Math.exp(upper), 12);
  });
});

// Hettmansperger and Sheather's formula with k = scipy.stats.binom.ppf(0.022, n, 0.5) and binom.cdf, SciPy 1.17.1.
describe('medianInterval of 1 to n', () => {
  it.each([
    [6, 1.2672955974842774, 'the fewest that give one'],
    [7, 1.677611940298508, 'where a bootstrap covers 87.5 %'],
    [9, 2.11297242083759, 'the first that leaves one out'],
    [20, 6.078688584048609, 'twenty rounds'],
    [40, 14.21846870646548, 'forty rounds'],
    [2000, 955.4805219090468, 'many, of which 0.5 to the n is 0 in floating point'],
  ])('%i starts at %d: %s', (n, lower) => {
    const interval = medianInterval(upTo(n));
    expect(interval?.lower).toBeCloseTo(lower, 6);
    expect(interval?.upper).toBeCloseTo(n + 1 - lower, 6);
  });
});

// Values are drawn through a distribution's quantile function, at 0.5 its median; 4,000 samples tell the coverage to within
// 0.7 % (two standard errors), and their seed is fixed.
describe('medianInterval covers the median', () => {
  const shapes = {
    'of even spread': (share: number) => share,
    'skewed to the right': (share: number) => -Math.log(1 - share),
    'with hiccups on one side': (share: number) => (share < 0.8 ? share : 5 * share),
    'with heavy tails': (share: number) => Math.tan(Math.PI * (share - 0.5)),
  };

  it.each(
    Object.entries(shapes).flatMap(([shape, draw]) =>
      [6, 7, 8, 10, 20, 60].map((n) => ({ shape, draw, n })),
    ),
  )('of $n values $shape', ({ draw, n }) => {
    const random = xoroshiro128plus(n);
    const uniform = (): number => ((random.next() >>> 0) + 0.5) / 2 ** 32;
    const truth = draw(0.5);
    let covered = 0;
    for (let sample = 0; sample < 4000; sample++) {
      const ascending = upTo(n)
        .map(() => draw(uniform()))
        .sort((a, b) => a - b);
      const { lower, upper } = medianInterval(ascending) ?? { lower: NaN, upper: NaN };
      if (lower <= truth && truth <= upper) covered++;
    }
    expect(covered / 4000).toBeGreaterThan(0.94);
    expect(covered / 4000).toBeLessThan(0.98);
  });
});

describe('ratioOfMedians', () => {
  const base = [100, 104, 97, 110, 101, 99, 180, 103, 98, 102];
  const candidate = [112, 118, 109, 111, 115, 260, 113, 110, 116, 114, 119, 108];

  // Price and Bonett's formula over np.log of these, with scipy.stats.binom and norm.ppf(0.981), SciPy 1.17.1.
  it('gives the medians of both sides, and the interval that their order statistics give', () => {
    const { ratio, interval } = ratioOfMedians(base, candidate) ?? {};
    expect(ratio).toBeCloseTo(1.118229318336236, 10);
    expect(interval?.lower).toBeCloseTo(1.0500650474435234, 10);
    expect(interval?.upper).toBeCloseTo(1.1908184273260236, 10);
  });

  it('turns round with its sides', () => {
    const { ratio, interval } = ratioOfMedians(candidate, base) ?? {};
    expect(ratio).toBeCloseTo(1 / 1.118229318336236, 10);
    expect(interval?.lower).toBeCloseTo(1 / 1.1908184273260236, 10);
  });

  it('has no interval where one side has fewer than 6', () => {
    expect(ratioOfMedians(base, candidate.slice(0, 5))?.interval).toBeNull();
    expect(ratioOfMedians(base.slice(0, 5), candidate)?.interval).toBeNull();
    expect(ratioOfMedians(base.slice(0, 6), candidate.slice(0, 6))?.interval).not.toBeNull();
  });

  it('is nothing where one side is empty', () => {
    expect(ratioOfMedians([], candidate)).toBeUndefined();
    expect(ratioOfMedians(base, [])).toBeUndefined();
  });
});
