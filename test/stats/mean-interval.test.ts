import { expect, it } from 'vitest';
import { meanInterval } from '../../src/stats/mean-interval.ts';
import { studentQuantile } from '../../src/stats/student-t.ts';

// Figures are of SciPy 1.17.1.
it.each([
  { call: 't.ppf(.975, 1)', probability: 0.95, degrees: 1, value: 12.706204736174694 },
  { call: 't.ppf(.975, 2)', probability: 0.95, degrees: 2, value: 4.302652729749462 },
  { call: 't.ppf(.975, 5)', probability: 0.95, degrees: 5, value: 2.5705818356363146 },
  { call: 't.ppf(.975, 10)', probability: 0.95, degrees: 10, value: 2.228138851986274 },
  { call: 't.ppf(.975, 59)', probability: 0.95, degrees: 59, value: 2.000995378088267 },
  { call: 't.ppf(.975, 1000)', probability: 0.95, degrees: 1000, value: 1.9623390808264083 },
  { call: 't.ppf(.995, 4)', probability: 0.99, degrees: 4, value: 4.604094871349992 },
])('$call', ({ probability, degrees, value }) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(value, 9);
});

it('t.interval(.95, 6, loc=mean(d), scale=sem(d))', () => {
  const interval = meanInterval([-38, -9, -21, -30, 12, -24, -40]);
  expect(interval?.level).toBe(0.95);
  expect(interval?.lower).toBeCloseTo(-38.19403902904588, 9);
  expect(interval?.upper).toBeCloseTo(-4.663103828096972, 9);
});

it('says nothing below 6 values, and knows when nothing varies', () => {
  expect(meanInterval([1, 2, 3, 4, 5])).toBeNull();
  expect(meanInterval([7, 7, 7, 7, 7, 7])).toEqual({ level: 0.95, lower: 7, upper: 7 });
});
