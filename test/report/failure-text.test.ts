import { expect, it } from 'vitest';
import { failureText } from '../../src/report/text/failure.ts';

it.each([
  ['a status alone', { status: 502 }, 'http status 502'],
  ['the status again as the code, as services do', { status: 400, code: '400' }, 'http status 400'],
  ['another number as the code', { status: 200, code: '502' }, 'http status 200 502'],
  ['a code', { status: 429, code: 'rate_limit_exceeded' }, 'http status 429 rate_limit_exceeded'],
])('a failure with %s is told in a few words', (_what, facts, words) => {
  expect(failureText({ kind: 'http_status', ...facts })).toBe(words);
});
