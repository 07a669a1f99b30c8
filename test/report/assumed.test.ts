import { describe, expect, it } from 'vitest';
import { assumedLines } from '../../src/report/blocks/assumed.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

/** A saving of 100 µs of 1000 µs: `assumedUs` in a stage whose time is assumed, the rest in one that somebody published. */
function saved(assumedUs: number, whole = 100): Result {
  const result = madeUpResult();
  const arm = (savedUs: number) => ({
    e2eUs: 1000 - savedUs,
    parts: {
      safety: 300 - (savedUs === 0 ? 0 : assumedUs),
      decode: 700 - (savedUs === 0 ? 0 : savedUs - assumedUs),
    },
  });
  return {
    ...result,
    run: {
      ...result.run,
      endpoint: {
        ...result.run.endpoint,
        profile: {
          ...{ name: 'mine', description: '' },
          safety: { fixedMs: 1, source: 'assumed: nobody says' },
          decode: { tokensPerSecond: 65, source: 'a post of 2026' },
        },
      },
    },
    attribution: {
      ...{ rounds: 10, serverStages: 'declared', ladder: [], branches: [], breakEven: [] },
      arms: { http: arm(0), 'http-keepalive': arm(0), ws: arm(whole) },
    },
  };
}

function told(result: Result): string[] {
  return assumedLines(
    result,
    result.comparisons.filter(
      ({ candidate, metric }) => candidate === 'ws' && metric === 'workflow_e2e',
    ),
  );
}

describe('the assumed share of a saving', () => {
  it.each([
    {
      assumedUs: 80,
      line: '80 % of the gain on http, 80 % on http-keepalive',
      why: 'most of it',
    },
    {
      assumedUs: 100,
      line: '100 % of the gain on http, 100 % on http-keepalive',
      why: 'all of it',
    },
    {
      assumedUs: 130,
      line: '100 % of the gain on http, 100 % on http-keepalive',
      why: 'at most',
    },
  ])('is $assumedUs of 100: $why', ({ assumedUs, line }) => {
    expect(told(saved(assumedUs))).toEqual([`Assumed server times make up ${line}.`]);
  });

  it.each([
    { why: 'nothing of it is assumed', result: saved(0) },
    { why: 'nothing was saved', result: saved(10, -100) },
    { why: 'nothing is known of the parts', result: madeUpResult() },
    {
      why: 'the endpoint is no mock',
      result: ((made) => ({
        ...made,
        run: { ...made.run, endpoint: { ...made.run.endpoint, profile: null } },
      }))(saved(80)),
    },
  ])('is not told where $why', ({ result }) => {
    expect(told(result)).toEqual([]);
  });
});
