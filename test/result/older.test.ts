import { expect, it } from 'vitest';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { parseResult } from '../../src/result/read.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from './made-up.ts';

/** A result as it was written before servers were asked what they did. */
function olderJson(result: Result): string {
  const unknown = ['tokens_processed', 'workflow_overhead', 'parsingUs', 'queuedUs', 'server'];
  return JSON.stringify(result, (key, value: unknown) =>
    unknown.includes(key) ? undefined : value,
  );
}

it.each([
  ['with rounds', 4],
  ['stopped before its first round ended', 0],
])('a result %s from before servers were asked what they did reads as it was', (_which, rounds) => {
  const edit = (all: RoundRecord[]): void => {
    all.splice(rounds);
  };
  const result = parseResult(olderJson(madeUpResult({ edit, transports: ['http', 'ws'] })), 'x');
  expect(result.attribution).toBeNull();
  expect(result.transports['ws']?.counters.tokens_processed).toBeNull();
  expect(() => {
    verifyComparisons(result, 'x');
  }).not.toThrow();
});

it('sums of tokens that only some workflows know are not known', () => {
  const summed = (tokens: (number | null)[]): number | null | undefined => {
    const { transports } = madeUpResult({
      rounds: tokens.length,
      transports: ['ws'],
      edit: (rounds) => {
        for (const [round, { workflows }] of rounds.entries()) {
          const counters = workflows['ws']?.counters;
          if (counters) counters.tokens_processed = tokens[round] ?? null;
        }
      },
    });
    return transports['ws']?.counters.tokens_processed;
  };
  expect(summed([3, 4, 0])).toBe(7);
  expect(summed([3, null, 5])).toBeNull();
});

it('a result from before lost time was called outage reads with the name of today', () => {
  const result = {
    ...madeUpResult({ transports: ['http', 'ws'] }),
    attribution: {
      ...{
        rounds: 4,
        serverStages: 'undeclared' as const,
        ladder: [],
        branches: [],
        breakEven: [],
      },
      arms: { ws: { e2eUs: 1300, parts: { toolTime: 66, outage: 1234 } } },
    },
  };
  const older = JSON.stringify(result).replace('"outage":1234', '"recovery":1234');
  expect(older).toContain('"recovery":1234');
  expect(parseResult(older, 'x')).toEqual(result);
});
