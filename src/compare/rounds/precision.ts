import type { RoundRecord } from '../../result/record.ts';
import type { Interval } from '../../stats/interval.ts';
import { medianRatio } from '../../stats/median-ratio.ts';
import { pairsOf } from '../change/pairs.ts';

/** Half the width of a ratio's interval, as a share: 0.02 is ±2 %. Its ends lie this factor either side of their middle. */
export function halfWidth({ lower, upper }: Interval): number {
  return Math.sqrt(upper / lower) - 1;
}

/**
 * The widest of the 95 % intervals of `workflow_e2e`, as half its width; null while one of them has too few rounds.
 * @param pairs keys of a base and a candidate in the rounds
 */
export function widestHalfWidth(
  pairs: readonly (readonly [base: string, candidate: string])[],
  rounds: readonly RoundRecord[],
): number | null {
  let widest: number | null = null;
  for (const [base, candidate] of pairs) {
    const found = medianRatio(pairsOf(base, candidate, 'workflow_e2e', rounds));
    if (!found?.interval) return null;
    widest = Math.max(widest ?? 0, halfWidth(found.interval));
  }
  return widest;
}
