import { describe, expect, it } from 'vitest';
import { compareTransports } from '../../src/compare/change/transports.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { madeUpRounds } from '../result/made-up.ts';

/** Rounds in which the base takes 1000 µs and the candidate what is given. */
function roundsOf(candidateUs: readonly number[]): RoundRecord[] {
  const rounds = madeUpRounds(['http', 'ws'], candidateUs.length, 1);
  for (const [index, e2eUs] of candidateUs.entries()) {
    const workflows = rounds[index]?.workflows ?? {};
    for (const [name, us] of Object.entries({ http: 1000, ws: e2eUs })) {
      const workflow = workflows[name];
      if (workflow !== undefined) workflow.e2eUs = us;
    }
  }
  return rounds;
}

function workflowComparison(rounds: readonly RoundRecord[]) {
  return compareTransports(['http', 'ws'], rounds).find(({ metric }) => metric === 'workflow_e2e');
}

describe('compareTransports', () => {
  it('gives the median change against the first transport', () => {
    const comparison = workflowComparison(roundsOf([880, 870, 890, 880, 860, 900, 880]));
    expect(comparison).toMatchObject({ base: 'http', candidate: 'ws', pairs: 7 });
    expect(comparison?.medianRatio).toBeCloseTo(0.88, 12);
    expect(comparison?.changePercent).toBeCloseTo(-12, 10);
    expect(comparison?.interval?.lower).toBeGreaterThanOrEqual(0.86);
    expect(comparison?.interval?.upper).toBeLessThanOrEqual(0.9);
  });

  it('tests every difference, and all of them together', () => {
    const faster = roundsOf([880, 870, 890, 881, 860, 900, 882]);
    const e2e = workflowComparison(faster);
    // R: wilcox.test(log(x / 1000)): all 7 differences on one side, p = 2 / 2^7
    expect(e2e?.test).toEqual({ name: 'wilcoxon', p: 2 / 2 ** 7 });
    expect(e2e?.adjustedP).toBeGreaterThanOrEqual(2 / 2 ** 7);
    expect(e2e?.detectablePercent).toBeGreaterThan(0);
    const none = workflowComparison(roundsOf([]));
    expect(none).toMatchObject({ test: null, adjustedP: null, detectablePercent: null });
  });

  it('pairs within rounds: drift that hits both alike leaves no trace', () => {
    const rounds = roundsOf([880, 880, 880, 880, 880, 880]);
    for (const [index, round] of rounds.entries()) {
      for (const workflow of Object.values(round.workflows)) workflow.e2eUs *= index + 1;
    }
    const comparison = workflowComparison(rounds);
    expect(comparison?.interval?.lower).toBeCloseTo(0.88, 12);
    expect(comparison?.interval?.upper).toBeCloseTo(0.88, 12);
  });

  it.each(['failed', 'aborted'] as const)('leaves out rounds in which one side %s', (state) => {
    const rounds = roundsOf([880, 1, 880]);
    const workflow = rounds[1]?.workflows['ws'];
    if (workflow !== undefined) workflow.state = state;
    const comparison = workflowComparison(rounds);
    expect(comparison).toMatchObject({ pairs: 2, interval: null });
    expect(comparison?.medianRatio).toBeCloseTo(0.88, 12);
  });

  it('leaves out rounds in which one side never ran', () => {
    const rounds = roundsOf([880, 880]);
    delete rounds[0]?.workflows['http'];
    expect(workflowComparison(rounds)?.pairs).toBe(1);
  });

  it('says null where nothing can be paired', () => {
    expect(workflowComparison([])).toMatchObject({
      pairs: 0,
      medianRatio: null,
      changePercent: null,
      interval: null,
    });
  });

  it('compares every candidate by workflow, step and first token', () => {
    const transports = ['http', 'http-keepalive', 'ws'];
    const compared = compareTransports(transports, madeUpRounds(transports, 2, 3));
    expect(compared.map(({ base, candidate, metric }) => `${candidate}/${base} ${metric}`)).toEqual(
      [
        'http-keepalive/http workflow_e2e',
        'http-keepalive/http step_duration',
        'http-keepalive/http step_ttft',
        'ws/http workflow_e2e',
        'ws/http step_duration',
        'ws/http step_ttft',
        'ws/http-keepalive workflow_e2e',
        'ws/http-keepalive step_duration',
        'ws/http-keepalive step_ttft',
      ],
    );
  });

  it('has nothing to compare with one transport', () => {
    expect(compareTransports(['http'], madeUpRounds(['http'], 3, 1))).toEqual([]);
  });
});
