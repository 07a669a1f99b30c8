import { normalTail } from './normal.ts';

/** The differences that count as evidence: either way, or only those in one direction. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/**
 * P value of an integer statistic from how often each value of it occurs under the null hypothesis, in any unit.
 * A two-sided one is twice the smaller tail, as R and SciPy have it.
 */
export function exactP(
  occurrences: ArrayLike<number>,
  statistic: number,
  alternative: Alternative,
): number {
  let [total, upTo, from] = [0, 0, 0];
  for (let value = 0; value < occurrences.length; value++) {
    const count = occurrences[value] ?? 0;
    total += count;
    if (value <= statistic) upTo += count;
    if (value >= statistic) from += count;
  }
  return ofTails(from / total, upTo / total, alternative);
}

/**
 * P value of a statistic that is normal under the null hypothesis, about 0, in steps of `step`: half a step nearer to 0,
 * the continuity correction. 1 where it cannot vary.
 */
export function normalP(
  deviation: number,
  variance: number,
  step: number,
  alternative: Alternative,
): number {
  if (variance === 0) return 1;
  const sd = Math.sqrt(variance);
  return ofTails(
    normalTail((deviation - step / 2) / sd),
    normalTail((-deviation - step / 2) / sd),
    alternative,
  );
}

function ofTails(greater: number, less: number, alternative: Alternative): number {
  switch (alternative) {
    case 'greater':
      return greater;
    case 'less':
      return less;
    case 'two-sided':
      return Math.min(1, 2 * Math.min(greater, less));
  }
}
