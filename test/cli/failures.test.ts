import { expect, it } from 'vitest';
import { createFailures } from '../../src/cli/terminal/failures.ts';

it('a kind of failure is told once, with the first words and every place', () => {
  const failures = createFailures();
  failures.add({ transport: 'http' });
  expect(failures.first()).toBeUndefined();
  failures.add({ transport: 'ws', failure: 'closed (1008): policy, request req_1a' });
  failures.add({ transport: 'ws-full', failure: 'closed (1008): policy, request req_2b' });
  failures.add({ transport: 'ws', failure: 'closed (1009): policy, request req_3c' });
  failures.add({ transport: 'ws', side: 'base', failure: 'timeout: too late' });
  expect(failures.first()).toBe('closed (1008): policy, request req_1a');
  expect(failures.lines('error: the first: timeout: too late\n').split('\n')).toEqual([
    'failed: ws, ws-full: closed (1008): policy, request req_1a',
    'failed: ws: closed (1009): policy, request req_3c',
    '',
  ]);
  expect(failures.lines('')).toContain('failed: ws (base): timeout: too late\n');
});

it('many kinds are bounded', () => {
  const failures = createFailures();
  for (const word of 'abcdefghij') failures.add({ transport: 'ws', failure: `protocol: ${word}` });
  expect(failures.lines('').split('\n')).toHaveLength(7);
  expect(failures.lines('')).toMatch(/failed: in 5 other ways\n$/);
});
