import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { nearestRank } from './percentile.ts';

const RESAMPLES = 10_000;

/** Both ends of an interval. */
export interface Ends {
  lower: number;
  upper: number;
}

/**
 * Percentile bootstrap interval of the median (Efron & Tibshirani, An Introduction to the Bootstrap, 1993,
 * section 13.3): seeded, 10,000 resamples.
 */
export function bootstrapMedian(ascending: readonly number[], seed: number, level: number): Ends {
  const random = xoroshiro128plus(seed);
  const medians = Array.from({ length: RESAMPLES }, () =>
    resampledMedian(ascending, () => uniformInt(random, 0, ascending.length - 1)),
  ).sort((a, b) => a - b);
  const tailPercent = 50 - 50 * level;
  return {
    lower: nearestRank(medians, tailPercent) ?? NaN,
    upper: nearestRank(medians, 100 - tailPercent) ?? NaN,
  };
}

/** Draws as many values as there are, with replacement; counting draws per value spares sorting each resample. */
function resampledMedian(ascending: readonly number[], drawIndex: () => number): number {
  const draws = new Uint32Array(ascending.length);
  for (const _ of ascending) {
    const index = drawIndex();
    draws[index] = (draws[index] ?? 0) + 1;
  }
  const lower = valueAtRank(ascending, draws, Math.ceil(ascending.length / 2));
  const upper = valueAtRank(ascending, draws, Math.floor(ascending.length / 2) + 1);
  return (lower + upper) / 2;
}

function valueAtRank(ascending: readonly number[], draws: Uint32Array, rank: number): number {
  let seen = 0;
  for (let index = 0; index < ascending.length; index += 1) {
    seen += draws[index] ?? 0;
    if (seen >= rank) return ascending[index] ?? NaN;
  }
  return NaN;
}
