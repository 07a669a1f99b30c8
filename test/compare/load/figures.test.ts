import { describe, expect, it } from 'vitest';
import { pairsOf } from '../../../src/compare/change/pairs.ts';
import { parseThreshold } from '../../../src/compare/gate/thresholds.ts';
import { underLoad } from '../../../src/compare/load/figures.ts';
import { isGood, limitsWorkflows } from '../../../src/compare/load/good.ts';
import type { WorkflowRecord } from '../../../src/result/record.ts';
import { type Arrived, arrivedRounds } from './arrived.ts';

/** Ten a second for a second, in each window. */
function tenASecond(
  windows: number,
  of: (k: number) => Omit<Arrived, 'window' | 'atMs'>,
): Arrived[] {
  return Array.from({ length: windows * 10 }, (_, k) => ({
    ...{ window: Math.floor(k / 10), atMs: (k % 10) * 100 },
    ...of(k % 10),
  }));
}

describe('under a load that is kept up with', () => {
  const figures = underLoad('ws', arrivedRounds(tenASecond(3, () => ({ takesMs: 450 }))), []);

  it('as many are done as are offered, however long each takes', () => {
    expect(figures.offeredPerSecond).toBeCloseTo(10, 9);
    expect(figures.completedPerSecond).toBeCloseTo(10, 9);
    expect(figures.growth).toBe(0);
  });

  it('as many sessions are open as arrive in the time of one', () => {
    expect(figures.mostOpen).toBe(5);
  });

  it('without thresholds nothing is called good', () => {
    expect([figures.good, figures.goodPerSecond]).toEqual([null, null]);
  });
});

describe('under more load than can be done', () => {
  // Five a second are done, one at a time, 200 ms each.
  const queued = tenASecond(2, (k) => ({
    ...{ delayMs: k * 100, takesMs: 200 },
    ...(k > 0 && { heldBack: true }),
  }));

  it('the queue shows in latency, in growth and in what is done, not in the time of service', () => {
    const figures = underLoad('ws', arrivedRounds(queued), []);
    expect(figures.completedPerSecond).toBeCloseTo(5, 9);
    expect(figures.growth).toBeCloseTo(1, 9);
    expect(figures).toMatchObject({
      ...{ arrivals: 20, completed: 20, heldBack: 18, mostOpen: 1 },
      ...{ latencyP50Us: 600_000, latencyP99Us: 1_100_000 },
      ...{ serviceP50Us: 200_000, serviceP99Us: 200_000 },
    });
  });

  it('goodput is the part of what is done that is within every threshold', () => {
    const limits = [parseThreshold('ws.workflow_e2e: p(95)<500ms', 'test')];
    const figures = underLoad('ws', arrivedRounds(queued), limits);
    // Those that waited 0, 100 and 200 ms; 300 and 200 are not less than 500.
    expect(figures.good).toBe(6);
    expect(figures.goodPerSecond).toBeCloseTo(5 * 0.3, 9);
  });
});

it('what failed is not done', () => {
  const failing = tenASecond(1, (k) => ({
    takesMs: 50,
    ...(k % 2 && { state: 'failed' as const }),
  }));
  const figures = underLoad('ws', arrivedRounds(failing), []);
  expect(figures).toMatchObject({ arrivals: 10, completed: 5 });
  expect(figures.completedPerSecond).toBeCloseTo(5, 9);
});

describe('a threshold', () => {
  it.each([
    ['workflow_e2e: p(95)<4s', true, 'an upper limit on a workflow'],
    ['ws.step_ttft: med<=300ms', true, 'on its steps, whatever of them'],
    ['workflow_e2e: min<4s', false, 'the fastest says nothing of the others'],
    ['output_rate: med>50', false, 'a lower limit'],
    ['failed: rate<1%', false, 'a share of all'],
    ['handshake: p(95)<50ms', false, 'connections'],
  ])('%s limits single workflows: %s (%s)', (text, expected) => {
    expect(limitsWorkflows(parseThreshold(text, 'test'))).toBe(expected);
  });

  it('holds for its transport, and for the worst of the steps', () => {
    const steps = [100, 300].map((ttftMs) => ({ state: 'completed', ttftUs: ttftMs * 1000 }));
    const workflow = { state: 'completed', e2eUs: 1_000_000, steps } as unknown as WorkflowRecord;
    const within = (text: string): boolean =>
      isGood(workflow, 'ws', [parseThreshold(text, 'test')]);
    expect(within('step_ttft: med<301ms')).toBe(true);
    expect(within('step_ttft: med<300ms')).toBe(false);
    expect(within('http.step_ttft: med<300ms')).toBe(true);
    expect(isGood({ ...workflow, state: 'failed' }, 'ws', [])).toBe(false);
  });
});

it('transports are paired by windows: workflows that queue behind each other are no samples of their own', () => {
  const fast = arrivedRounds(
    tenASecond(3, (k) => ({ takesMs: 100 + k })),
    'http',
  );
  const slow = arrivedRounds(
    tenASecond(3, (k) => ({ takesMs: 200, delayMs: 10 * k })),
    'ws',
  );
  const both = fast.map((round, at) => ({
    ...round,
    workflows: { ...round.workflows, ...slow[at]?.workflows },
  }));
  expect(pairsOf('http', 'ws', 'workflow_e2e', both)).toEqual(Array(3).fill([104_500, 245_000]));
});
