import type { Interval } from './interval.ts';
import { studentQuantile } from './student-t.ts';

const LEVEL = 0.95;
const MIN_VALUES = 6;

/**
 * 95 % interval of a mean by Student's t, in the unit of the values. For what has to add up: medians of parts don't. Null
 * below 6 values, where a median's interval ends too.
 */
export function meanInterval(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < MIN_VALUES) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const halfWidth = studentQuantile(LEVEL, n - 1) * Math.sqrt(variance / n);
  return { level: LEVEL, lower: mean - halfWidth, upper: mean + halfWidth };
}
