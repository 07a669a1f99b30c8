import { describe, expect, it } from 'vitest';
import { runExitCode, whyItFailed } from '../../src/cli/terminal/exit-code.ts';
import { reporters } from '../../src/report/index.ts';
import type { Failure } from '../../src/result/record.ts';
import { type Result, resultSchema } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

/** A result in which one session failed in its last step, of an exception of ours unless told. */
function broken(failure: Failure = { kind: 'internal', message: 'x is not a function' }): Result {
  const result = structuredClone(madeUpResult({ transports: ['http', 'ws'] }));
  const session = result.rounds[0]?.workflows['ws'];
  const step = session?.steps.at(-1);
  if (session === undefined || step === undefined) return expect.fail('no session');
  session.state = 'failed';
  step.state = 'failed';
  step.failure = failure;
  return result;
}

describe('an exception of ours in one session', () => {
  it('ends a run with 1 and one line that says whose it is', () => {
    expect(runExitCode(broken(), false)).toBe(1);
    expect(whyItFailed([broken()], undefined)).toBe(
      'error: a bug of agent-latency-bench ended one session, please report it: x is not a function\n',
    );
    expect(whyItFailed([madeUpResult(), broken(), broken()], undefined)).toContain('2 sessions');
  });

  it('is data that a result keeps and reports print', () => {
    expect(resultSchema.parse(broken())).toEqual(broken());
    for (const report of Object.values(reporters))
      expect(report(broken())).not.toContain('\n    at ');
  });

  it('is none where nothing broke', () => {
    expect(runExitCode(madeUpResult(), false)).toBe(0);
    expect(whyItFailed([madeUpResult()], undefined)).toBe('');
  });
});

describe('a socket that this machine did not have', () => {
  it.each([
    ['EMFILE', /too many open files \(EMFILE\); \d+ sessions at once need about \d+ open files/],
    ['ENFILE', /too many open files \(ENFILE\); .* or lower -c/],
    ['EADDRNOTAVAIL', /no local port left \(EADDRNOTAVAIL\); lower -c: /],
    ['ENOBUFS', /no memory for sockets \(ENOBUFS\); lower -c/],
  ])('(%s) ends a run with 1, is told as our own limit, with what to do', (code, words) => {
    const result = broken({ kind: 'own_limit', code });
    expect(runExitCode(result, false)).toBe(1);
    const told = whyItFailed([result], undefined);
    expect(told).toMatch(/^error: our own limit, not the endpoint, ended one session: /);
    expect(told).toMatch(words);
    expect(told).not.toMatch(/bug|unreachable/);
  });
});
