import { normalP } from './p-value.ts';
import { median } from './percentile.ts';
import { rank } from './ranks.ts';

/** The drift of a series: whether values rise or fall as time goes by. */
export interface Drift {
  /** Median of the slopes between any two values: change from one value to the next, in their unit. */
  slope: number;
  /** P value of "no trend". */
  p: number;
}

/**
 * The Mann-Kendall trend test (Mann, Econometrica 13, 1945; normal, corrected for ties and continuity) with the slope of
 * Theil and Sen (Sen, Journal of the American Statistical Association 63, 1968), which hiccups hardly move. Undefined
 * below 2 values.
 * @param values in the order of time, evenly spaced; time and memory grow with their square
 */
export function drift(values: readonly number[]): Drift | undefined {
  const n = values.length;
  const slopes: number[] = [];
  let rises = 0;
  for (const [later, value] of values.entries()) {
    for (let earlier = 0; earlier < later; earlier++) {
      const change = value - (values[earlier] ?? NaN);
      rises += Math.sign(change);
      slopes.push(change / (later - earlier));
    }
  }
  const slope = median(slopes);
  if (slope === undefined) return undefined;
  const variance = (n * (n - 1) * (2 * n + 5) - tieTerm(values)) / 18;
  // Every swap moves the count of rises by 2.
  return { slope, p: normalP(rises, variance, 2, 'two-sided') };
}

/** What ties take from the variance of the count of rises, before its divisor. */
function tieTerm(values: readonly number[]): number {
  return rank(values).groups.reduce((sum, size) => sum + size * (size - 1) * (2 * size + 5), 0);
}
