import { binomialQuantile } from './binomial.ts';
import type { Interval } from './interval.ts';

const LEVEL = 0.95;
/**
 * What interpolation aims at to cover 95 %: aimed at 95 %, it covers only 94.3 % of skewed samples of 7, in simulation
 * (samples of 6 to 60, normal with hiccups and exponential). Aimed at 95.6 %, it covers 95 % of all of them.
 */
const AIM = 0.956;

/**
 * 95 % interval of a median, in the unit of the values: between two neighbouring order statistics, interpolated so that
 * it covers what it says rather than more, with no regard to the distribution's shape (Hettmansperger & Sheather,
 * Confidence intervals based on interpolated order statistics, Statistics & Probability Letters 4, 1986, pages 75-79).
 * A rank test's interval would be narrower, but it covers the median of symmetric values only: where one side has
 * hiccups that the other has not, 83 to 93 % in simulation. A bootstrap's covers 87.5 % at 7. Null below 6 values.
 */
export function medianInterval(ascending: readonly number[]): Interval | null {
  const n = ascending.length;
  const { count: rank, below, upTo } = binomialQuantile(n, 0.5, (1 - AIM) / 2);
  if (rank === 0) return null;
  const wide = 1 - 2 * below;
  const narrow = 1 - 2 * upTo;
  const excess = (wide - AIM) / (wide - narrow);
  const inward = ((n - rank) * excess) / (rank + (n - 2 * rank) * excess);
  const between = (outer = NaN, inner = NaN): number => outer + inward * (inner - outer);
  return {
    level: LEVEL,
    lower: between(ascending[rank - 1], ascending[rank]),
    upper: between(ascending[n - rank], ascending[n - rank - 1]),
  };
}
