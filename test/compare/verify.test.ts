import { describe, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { UsageError } from '../../src/errors.ts';
import type { Attribution } from '../../src/result/attribution.ts';
import type { Comparison, Result } from '../../src/result/schema.ts';
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

describe('an attribution', () => {
  function attributed(): Result & { attribution: Attribution } {
    const result = madeUpResult();
    const attribution = attribute(result.run.options.transports, result.rounds, null);
    return { ...result, attribution: attribution ?? expect.fail('nothing') };
  }
  const verify = (result: Result) => () => {
    verifyComparisons(result, 'x.json');
  };

  it('is accepted as the rounds give it, through JSON, whatever its intervals', () => {
    const result = attributed();
    for (const rung of result.attribution.ladder) rung.interval = null;
    expect(verify(JSON.parse(JSON.stringify(result)) as Result)).not.toThrow();
  });

  it.each<{ why: string; edit: (attribution: Attribution) => void }>([
    {
      why: 'a part that was made smaller',
      edit: ({ arms }) => {
        Object.assign(arms['ws']?.parts ?? {}, { toolTime: 1 });
      },
    },
    {
      why: 'a rung that was made higher',
      edit: ({ ladder }) => {
        Object.assign(ladder[0] ?? {}, { changeUs: -1_000_000 });
      },
    },
    {
      why: 'an earlier break-even',
      edit: ({ breakEven }) => {
        Object.assign(breakEven[0] ?? {}, { firstStepUs: 0 });
      },
    },
    {
      why: 'an arm that did not run',
      edit: ({ arms }) => {
        arms['http2'] = { e2eUs: 1, parts: {} };
      },
    },
  ])('is refused with $why', ({ edit }) => {
    const result = attributed();
    edit(result.attribution);
    expect(verify(result)).toThrow(UsageError);
    expect(verify(result)).toThrow('x.json: edited or damaged');
  });
});
