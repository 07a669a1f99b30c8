import { bootstrapMedian, type Ends } from './bootstrap.ts';
import { neededCount } from './needed-count.ts';
import { median } from './percentile.ts';

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
/** Beyond, 0.5 to the n is 0 in floating point, and the normal approximation is as good. */
const MAX_EXACT_COUNT = 1000;

/**
 * Median ratio of paired measurements, taken over the logarithms so that twice and half as long weigh alike, with
 * an interval: the wider, end by end, of the percentile bootstrap over the pairs (Efron & Tibshirani, An Introduction
 * to the Bootstrap, 1993, section 13.3; seeded, 10,000 resamples) and the one from order statistics. The bootstrap of a
 * median alone covers too little where pairs are few: 87.5 % at 7. Undefined without pairs.
 * @param pairs base and candidate of each round, both above 0
 */
export function medianRatio(
  pairs: readonly (readonly [base: number, candidate: number])[],
  seed: number,
): MedianRatio | undefined {
  const logRatios = pairs.map(([base, candidate]) => Math.log(candidate / base));
  const center = median(logRatios);
  if (center === undefined) return undefined;
  return { ratio: Math.exp(center), interval: intervalOf(logRatios, seed) };
}

function intervalOf(logRatios: readonly number[], seed: number): Interval | null {
  if (logRatios.length < neededCount(50, LEVEL)) return null;
  const ascending = logRatios.toSorted((a, b) => a - b);
  const bootstrap = bootstrapMedian(ascending, seed, LEVEL);
  const ordered = orderStatisticEnds(ascending);
  return {
    level: LEVEL,
    lower: Math.exp(Math.min(bootstrap.lower, ordered.lower)),
    upper: Math.exp(Math.max(bootstrap.upper, ordered.upper)),
  };
}

/**
 * The k-th value from either end, k as large as the binomial distribution allows for the level
 * (Hahn & Meeker, Statistical Intervals, 1991, section 5.2).
 */
function orderStatisticEnds(ascending: readonly number[]): Ends {
  const n = ascending.length;
  const rank = n > MAX_EXACT_COUNT ? Math.floor((n - 1.96 * Math.sqrt(n)) / 2) : exactRank(n);
  return { lower: ascending[rank - 1] ?? NaN, upper: ascending[n - rank] ?? NaN };
}

/** The rank k at which fewer than k of n values lie below the median with at most half the error probability. */
function exactRank(n: number): number {
  let rank = 0;
  let term = 0.5 ** n;
  for (let below = term; below <= (1 - LEVEL) / 2; below += term) {
    rank++;
    term *= (n - rank + 1) / rank;
  }
  return rank;
}
