import { expect, it } from 'vitest';
import { resultSchema } from '../../src/result/schema.ts';
import { warningsOf } from '../../src/result/warnings/found.ts';
import { madeUpResult } from './made-up.ts';

it('what clients overlook is a count in the record, and one warning per transport', () => {
  const result = structuredClone(madeUpResult({ transports: ['http', 'ws'] }));
  const [first, second] = result.rounds[0]?.workflows['http']?.steps ?? [];
  if (first === undefined || second === undefined) return expect.fail('too few steps');
  first.overlooked = { no_event: 2, no_end: 1 };
  second.overlooked = { no_event: 3 };
  expect(resultSchema.parse(result)).toEqual(result);
  const warnings = warningsOf(result.run, result.rounds, undefined);
  expect(warnings.filter(({ code }) => code === 'overlooked')).toEqual([
    { code: 'overlooked', transport: 'http', times: { no_event: 5, no_end: 1 } },
  ]);
});
