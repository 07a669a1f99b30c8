import { expect, it } from 'vitest';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { UsageError } from '../../src/errors.ts';
import type { Comparison } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

it('accepts what the rounds give', () => {
  expect(() => {
    verifyComparisons(madeUpResult(), 'x.json');
  }).not.toThrow();
});

it.each<{ why: string; edit: Partial<Comparison> }>([
  { why: 'a better ratio', edit: { medianRatio: 0.5, changePercent: -50 } },
  { why: 'more pairs', edit: { pairs: 9 } },
  { why: 'no ratio where there is one', edit: { medianRatio: null, changePercent: null } },
  { why: 'another base', edit: { base: 'ws' } },
])('refuses $why', ({ edit }) => {
  const result = madeUpResult();
  Object.assign(result.comparisons[3] ?? {}, edit);
  const verify = (): void => {
    verifyComparisons(result, 'x.json');
  };
  expect(verify).toThrow(UsageError);
  expect(verify).toThrow('x.json');
});
