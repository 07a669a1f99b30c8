import type { Interval } from './interval.ts';
import { medianInterval } from './median-interval.ts';
import { median } from './percentile.ts';

/** Candidate over base: 0.88 is 12 % less. */
export interface MedianRatio {
  ratio: number;
  /** Null where there are fewer pairs than a 95 % interval of a median needs: 6. */
  interval: Interval | null;
}

/**
 * Median ratio of paired measurements with its 95 % interval, taken over the logarithms so that twice and half as long
 * weigh alike. Undefined without pairs.
 * @param pairs base and candidate of each round, both above 0
 */
export function medianRatio(
  pairs: readonly (readonly [base: number, candidate: number])[],
): MedianRatio | undefined {
  const logRatios = pairs.map(([base, candidate]) => Math.log(candidate / base));
  const center = median(logRatios);
  if (center === undefined) return undefined;
  const interval = medianInterval(logRatios.sort((a, b) => a - b));
  return {
    ratio: Math.exp(center),
    interval: interval && {
      ...interval,
      lower: Math.exp(interval.lower),
      upper: Math.exp(interval.upper),
    },
  };
}
