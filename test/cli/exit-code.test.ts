import { describe, expect, it } from 'vitest';
import { runExitCode, whyItFailed } from '../../src/cli/terminal/exit-code.ts';
import { reporters } from '../../src/report/index.ts';
import { type Result, resultSchema } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';

/** A result in which one session met an exception of ours in its last step. */
function broken(): Result {
  const result = structuredClone(madeUpResult({ transports: ['http', 'ws'] }));
  const session = result.rounds[0]?.workflows['ws'];
  const step = session?.steps.at(-1);
  if (session === undefined || step === undefined) return expect.fail('no session');
  session.state = 'failed';
  step.state = 'failed';
  step.failure = { kind: 'internal', message: 'x is not a function' };
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
