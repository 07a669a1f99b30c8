import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { neededCount } from './needed-count.ts';
import { median, nearestRank } from './percentile.ts';

/** A confidence interval; `level` 0.95 is 95 %. */
interface Interval {
  level: number;
  lower: number;
  upper: number;
}

/** Candidate over base: 0.88 is 12 % less. */
export interface MedianRatio {
  ratio: number;
  /** Null where there are fewer pairs than a 95 % interval of a median needs: 6. */
  interval: Interval | null;
}

const LEVEL = 0.95;
const RESAMPLES = 10_000;

/**
 * Median ratio of paired measurements, taken over the logarithms so that twice and half as long weigh alike, with
 * a percentile bootstrap interval over the pairs (Efron & Tibshirani, An Introduction to the Bootstrap, 1993,
 * section 13.3): seeded, 10,000 resamples. Undefined without pairs.
 * @param pairs base and candidate of each round, both above 0
 */
export function medianRatio(
  pairs: readonly (readonly [base: number, candidate: number])[],
  seed: number,
): MedianRatio | undefined {
  const logRatios = pairs.map(([base, candidate]) => Math.log(candidate / base));
  const center = median(logRatios);
  if (center === undefined) return undefined;
  return { ratio: Math.exp(center), interval: bootstrapInterval(logRatios, seed) };
}

function bootstrapInterval(logRatios: readonly number[], seed: number): Interval | null {
  if (logRatios.length < neededCount(50, LEVEL)) return null;
  const ascending = logRatios.toSorted((a, b) => a - b);
  const random = xoroshiro128plus(seed);
  const medians = Array.from({ length: RESAMPLES }, () =>
    resampledMedian(ascending, () => uniformInt(random, 0, ascending.length - 1)),
  ).sort((a, b) => a - b);
  const tailPercent = 50 - 50 * LEVEL;
  return {
    level: LEVEL,
    lower: Math.exp(nearestRank(medians, tailPercent) ?? NaN),
    upper: Math.exp(nearestRank(medians, 100 - tailPercent) ?? NaN),
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
