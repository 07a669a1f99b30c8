import { studentQuantile } from '../../src/stats/student-t.ts';

/** A straight line through points, by least squares. */
export interface Slope {
  /** Rise of y for 1 of x. */
  slope: number;
  /** Half the width of its 95 % interval, as far as what is left over has no pattern. */
  margin: number;
}

/** @param points at least three, of different x */
export function slopeOf(points: readonly { x: number; y: number }[]): Slope {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const sum = (of: (dx: number, dy: number) => number): number =>
    points.reduce((total, { x, y }) => total + of(x - meanX, y - meanY), 0);
  const spreadX = sum((dx) => dx * dx);
  const slope = sum((dx, dy) => dx * dy) / spreadX;
  const leftOver = sum((dx, dy) => (dy - slope * dx) ** 2);
  const error = Math.sqrt(leftOver / (points.length - 2) / spreadX);
  return { slope, margin: studentQuantile(0.95, points.length - 2) * error };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
