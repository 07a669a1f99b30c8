import type { Interval } from '../../stats/interval.ts';
import { medianRatio } from '../../stats/median-ratio.ts';
import type { Pair } from '../change/pairs.ts';

/** Half the width of a ratio's interval, as a share: 0.02 is ±2 %. Its ends lie this factor either side of their middle. */
export function halfWidth({ lower, upper }: Interval): number {
  return Math.sqrt(upper / lower) - 1;
}

/**
 * The widest of the 95 % intervals of the ratio between a base and a candidate, as half its width; null while one of
 * them has too few rounds.
 * @param comparisons the pairs of each
 */
export function widestHalfWidth(comparisons: readonly (readonly Pair[])[]): number | null {
  let widest: number | null = null;
  for (const pairs of comparisons) {
    const interval = medianRatio(pairs)?.interval;
    if (!interval) return null;
    widest = Math.max(widest ?? 0, halfWidth(interval));
  }
  return widest;
}
