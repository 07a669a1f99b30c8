import { expect, it } from 'vitest';
import { adjustedPercentile } from '../../src/stats/adjusted-percentile.ts';

const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

it.each([
  { why: 'no failure changes nothing', values: [1, 2, 3, 4], failures: 0, p: 50, expected: 2 },
  { why: 'failures move the rank up', values: [1, 2, 3, 4], failures: 2, p: 50, expected: 3 },
  { why: 'a tenth failed: p90 is a time', values: nine, failures: 1, p: 90, expected: 9 },
  { why: 'and p95 is not', values: nine, failures: 1, p: 95, expected: Infinity },
  { why: 'half failed: the lower half counts', values: [1], failures: 1, p: 50, expected: 1 },
  { why: 'all failed: not NaN', values: [], failures: 3, p: 50, expected: Infinity },
  { why: 'nothing was tried', values: [], failures: 0, p: 50, expected: undefined },
])('adjustedPercentile: $why', ({ values, failures, p, expected }) => {
  expect(adjustedPercentile(values, failures, p)).toBe(expected);
});
