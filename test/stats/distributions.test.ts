import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { describe, expect, it } from 'vitest';
import { autocorrelation } from '../../src/stats/autocorrelation.ts';
import { binomialQuantile } from '../../src/stats/binomial.ts';
import { detectableRatio, neededSamples } from '../../src/stats/detectable-effect.ts';
import type { Interval } from '../../src/stats/interval.ts';
import { medianInterval } from '../../src/stats/median-interval.ts';
import { neededCount } from '../../src/stats/needed-count.ts';
import { normalQuantile, normalTail } from '../../src/stats/normal.ts';
import { quantileInterval } from '../../src/stats/quantile-interval.ts';

// Figures are of SciPy 1.17.1, by the call named in the test.

it.each([
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [-1, 0.8413447460685429],
  [1.959963984540054, 0.025],
  [3.9, 4.8096344017602614e-5],
  [4.1, 2.0657506912546717e-5],
  [6, 9.865876450376946e-10],
  [10, 7.61985302416047e-24],
])('normalTail(%d) has the digits of norm.sf: %d', (z, expected) => {
  expect(normalTail(z) / expected).toBeCloseTo(1, 9);
});

it.each([
  [0.5, 0],
  [0.8, 0.8416212335729143],
  [0.2, -0.8416212335729142],
  [0.975, 1.959963984540054],
  [0.999, 3.090232306167813],
])('normalQuantile(%d) is norm.ppf: %d', (probability, expected) => {
  expect(normalQuantile(probability)).toBeCloseTo(expected, 9);
});

it.each([
  [10, 0.5, 0.025, 2, 0.0107421875, 0.0546875],
  [60, 0.5, 0.022, 22, 0.013670066934038968, 0.025946947964460718],
  [100, 0.95, 0.025, 90, 0.011472410067484739, 0.028188294163416307],
  [1000, 0.99, 0.975, 996, 0.9713136000009954, 0.9899273452279856],
  [5000, 0.5, 0.025, 2431, 0.024657929052085727, 0.02633837037079167],
])('binomialQuantile(%i, %d, %d) is binom.ppf, with binom.cdf on either side', (...row) => {
  const [trials, share, probability, count, below, upTo] = row;
  const found = binomialQuantile(trials, share, probability);
  expect(found.count).toBe(count);
  expect(found.below).toBeCloseTo(below, 10);
  expect(found.upTo).toBeCloseTo(upTo, 10);
});

describe('quantileInterval', () => {
  // quantile_test(arange(1, n + 1), q=0, p=p).confidence_interval(0.95)
  it.each([
    [10, 50, 2, 9],
    [72, 95, 64, 72],
    [100, 90, 84, 96],
    [368, 99, 360, 368],
    [1000, 99, 983, 997],
  ])('of 1 to %i at p%d goes from %i to %i', (n, percentile, lower, upper) => {
    const values = Array.from({ length: n }, (_, index) => index + 1);
    expect(quantileInterval(values, percentile)).toEqual({ level: 0.95, lower, upper });
  });

  it.each([50, 90, 95, 99, 5])('of p%d needs as many values as neededCount says', (percentile) => {
    const values = Array.from({ length: neededCount(percentile) }, (_, index) => index);
    expect(quantileInterval(values, percentile)).not.toBeNull();
    expect(quantileInterval(values.slice(1), percentile)).toBeNull();
  });

  it('reaches to infinity where failures do', () => {
    const values = [1, 2, 3, 4, 5, 6, Infinity, Infinity];
    expect(quantileInterval(values, 50)).toEqual({ level: 0.95, lower: 1, upper: Infinity });
  });

  it('has no ends for the extremes: no count of values bounds them', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    expect(quantileInterval(values, 0)).toBeNull();
    expect(quantileInterval(values, 100)).toBeNull();
  });
});

describe('autocorrelation', () => {
  // (d[1:] * d[:-1]).sum() / (d ** 2).sum(), as acf(v)$acf[2] in R
  it('is that of the series with itself one later', () => {
    const found = autocorrelation([3, 5, 4, 6, 8, 7, 9, 8, 10, 12]);
    expect(found?.lag1).toBeCloseTo(0.5137931034482759, 12);
    expect(found?.bound).toBeCloseTo(0.6198064213930023, 12);
    expect(found?.effectiveCount).toBeCloseTo(3.21184510250569, 10);
  });

  it('never makes more of values that alternate than they are', () => {
    const found = autocorrelation([1, 2, 1, 2, 1, 2]);
    expect(found?.lag1).toBeLessThan(-0.5);
    expect(found?.effectiveCount).toBe(6);
  });

  it.each([
    { why: 'all are equal', values: [4, 4, 4, 4] },
    { why: 'there are two', values: [1, 2] },
    { why: 'there is none', values: [] },
  ])('is null where $why', ({ values }) => {
    expect(autocorrelation(values)).toBeNull();
  });
});

describe('the detectable effect', () => {
  const interval = { level: 0.95, lower: Math.exp(-0.0196), upper: Math.exp(0.0196) };

  // (1.959964 + 0.841621) standard errors of 0.01: pwr.norm.test(sig.level = 0.025, alternative = "greater") in R.
  it.each([
    { power: 0.8, expected: Math.exp(0.0280163) },
    { power: 0.9, expected: Math.exp(0.0324157) },
    { power: 0.5, expected: Math.exp(0.0196) },
  ])(
    'at power $power lies both z times the standard error from 1, where that is known',
    ({ power, expected }) => {
      expect(detectableRatio({ interval, samples: 1e9, power })).toBeCloseTo(expected, 6);
    },
  );

  it('does not depend on where the interval lies', () => {
    const moved = { level: 0.95, lower: interval.lower * 1.3, upper: interval.upper * 1.3 };
    const [here, there] = [interval, moved].map((each) =>
      detectableRatio({ interval: each, samples: 10, power: 0.8 }),
    );
    expect(there).toBeCloseTo(here ?? NaN, 12);
  });

  it.each([6, 8, 10, 12, 20, 40])('is found by another run of %d four times out of five', (n) => {
    const runs = Array.from({ length: 4000 }, (_, run) => intervalOfNormals(n, run));
    const found = runs.filter(({ lower }, run) => {
      const seen = runs[(run + 1) % runs.length] ?? expect.fail('no run');
      return lower * detectableRatio({ interval: seen, samples: n, power: 0.8 }) > 1;
    });
    expect(found.length / runs.length).toBeGreaterThan(0.77);
    expect(found.length / runs.length).toBeLessThan(0.89);
  });

  it.each([6, 40, 1000])('of %d samples needs as many', (samples) => {
    const sought = { interval, samples, power: 0.8 };
    // A hair more, so that rounding up does not add one.
    expect(neededSamples(detectableRatio(sought) * (1 + 1e-9), sought)).toBe(samples);
  });

  it('takes four times as many samples for half the effect, but for what few samples add', () => {
    const sought = { interval, samples: 1000, power: 0.8 };
    const half = Math.sqrt(detectableRatio(sought));
    expect(neededSamples(half, sought) / 4000).toBeCloseTo(1, 2);
  });

  it('needs no number of samples to find no effect', () => {
    expect(neededSamples(1, { interval, samples: 40, power: 0.8 })).toBe(Infinity);
  });
});

/** The interval of the median ratio of so many pairs whose logarithms are normal. */
function intervalOfNormals(n: number, seed: number): Interval {
  const random = mersenne(seed);
  const uniform = (): number => uniformInt(random, 1, 0x7fffffff) / 0x80000000;
  const values = Array.from({ length: n }, () => normalQuantile(uniform()) / 100);
  const interval = medianInterval(values.sort((a, b) => a - b)) ?? expect.fail('too few');
  return { ...interval, lower: Math.exp(interval.lower), upper: Math.exp(interval.upper) };
}
