import { describe, expect, it, vi } from 'vitest';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import type { TransportName } from '../../src/transport/index.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { runSmall, smallOutcome, withFaults } from './run-small.ts';

const arms: TransportName[] = ['http', 'http-keepalive', 'http-chained', 'ws-full', 'ws'];
const retryPartial = { ...defaultRecovery, retryPartial: true };

describe.each(arms)('a connection lost over %s', (name) => {
  const over = name.startsWith('ws') ? 'websocket' : 'http';

  it('before output began is replaced, and the session ends as if nothing had happened', async () => {
    const mock = await mockForTest(withFaults('reset@call2'));
    const { record, outcome } = await runSmall(name, endpointOf(mock));
    expect(record.state).toBe('completed');
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters).toMatchObject({ reconnects: 1, requests: 4, wasted_output_tokens: 0 });
    expect(record.steps.map(({ attempts }) => attempts)).toEqual([undefined, 2, undefined]);
    expect(record.recoveries).toMatchObject([
      { step: 1, cause: { kind: 'closed' }, action: 'reconnect', waitedUs: 0, over },
    ]);
    expect(record.recoveries?.[0]).not.toHaveProperty('outputBegan');
    expect(record.recoveries?.[0]?.recoveryUs).toBeGreaterThan(0);
    expect(record.recoveries?.[0]?.atUs).toBeGreaterThan(record.steps[0]?.durationUs ?? NaN);
    expect(record.steps[1]?.phases.recoveryUs).toBeGreaterThan(0);
    expect(record.fellBack).toBeUndefined();
  });

  it('after output began has failed, is told of, and what came is counted as wasted', async () => {
    const mock = await mockForTest(withFaults('reset@event7@call1'));
    const { record, failure } = await runSmall(name, endpointOf(mock));
    expect(record.state).toBe('failed');
    expect(failure?.kind).toBe('closed');
    expect(record.counters).toMatchObject({ reconnects: 0, requests: 1 });
    expect(record.counters.wasted_output_tokens).toBeGreaterThan(0);
    expect(record.recoveries).toMatchObject([
      { step: 0, action: 'give_up', outputBegan: true, recoveryUs: null, over },
    ]);
  });

  it('after output began is replaced where partial answers may be asked for again', async () => {
    const mock = await mockForTest(withFaults('reset@event7@call1'));
    const { record, outcome } = await runSmall(name, endpointOf(mock), { recovery: retryPartial });
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters).toMatchObject({ reconnects: 1, requests: 4 });
    expect(record.counters.wasted_output_tokens).toBeGreaterThan(0);
    expect(record.recoveries).toMatchObject([{ action: 'reconnect', outputBegan: true }]);
  });

  it('again and again is given up after two new ones', async () => {
    const mock = await mockForTest(withFaults('reset'));
    const { record } = await runSmall(name, endpointOf(mock));
    expect(record.state).toBe('failed');
    expect(record.recoveries?.map(({ action }) => action)).toEqual([
      'reconnect',
      'reconnect',
      'give_up',
    ]);
    expect(record.counters).toMatchObject({ reconnects: 2, requests: 3 });
    expect(record.recoveries?.[0]?.recoveryUs).toBeGreaterThan(0);
    expect(record.recoveries?.[2]?.recoveryUs).toBeNull();
  });

  it('that spoke nonsense is replaced too', async () => {
    const mock = await mockForTest(withFaults('garbage@call2'));
    const { record, outcome } = await runSmall(name, endpointOf(mock));
    expect(outcome).toEqual(smallOutcome);
    expect(record.recoveries).toMatchObject([{ cause: { kind: 'protocol' }, action: 'reconnect' }]);
  });

  it('leaves phases that add up', async () => {
    const mock = await mockForTest(withFaults('reset@call2'));
    const { record } = await runSmall(name, endpointOf(mock), { toolTimeFactor: 1 });
    const total = (phases: typeof record.phases): number =>
      Object.values(phases).reduce((sum, part) => sum + part, 0);
    expect(total(record.phases)).toBe(record.e2eUs);
    for (const step of record.steps) {
      expect(total(step.phases) - step.phases.toolTimeUs).toBe(step.durationUs);
    }
    expect(record.phases.recoveryUs).toBe(record.steps[1]?.phases.recoveryUs);
  });
});

it.each([
  ['ws', 'what only the connection knew goes out again', true],
  ['http-chained', 'what the server stores need not', false],
] as const)('over %s %s', async (name, _reason, grows) => {
  const sent = async (spec: string): Promise<number> => {
    const mock = await mockForTest(spec === '' ? {} : withFaults(spec));
    const { record } = await runSmall(name, endpointOf(mock));
    return record.steps[2]?.payloadBytesSent ?? NaN;
  };
  const plain = await sent('');
  const again = await sent('reset@call3');
  if (grows) expect(again).toBeGreaterThan(plain + 5000);
  else expect(again).toBeCloseTo(2 * plain, -2);
});

it.each(['ws', 'ws-full'] as const)('what is rotated over %s is told as that', async (name) => {
  const mock = await mockForTest();
  const { record, outcome } = await runSmall(name, endpointOf(mock), { limits: { rotateMs: 0 } });
  expect(outcome).toEqual(smallOutcome);
  const cause = { kind: 'closed', code: 'rotation' };
  expect(record.recoveries).toMatchObject([
    { step: 1, cause, action: 'reconnect' },
    { step: 2, cause, action: 'reconnect' },
  ]);
});

it('a warm-up that was lost is done without', async () => {
  const mock = await mockForTest(withFaults('reset@event1@call1'));
  const { record, outcome } = await runSmall('ws-warm', endpointOf(mock));
  expect(outcome).toEqual(smallOutcome);
  expect(record.counters).toMatchObject({ requests: 4, reconnects: 1, connections: 2 });
  expect(record.recoveries).toMatchObject([{ step: 0, action: 'reconnect' }]);
});

it('tools run once for a step, however many attempts it takes', async () => {
  const [first, second, third] = smallScript.turns;
  if (!first || !second || !third) throw new Error('three turns');
  const script = {
    ...smallScript,
    turns: [first, { ...second, toolResults: [{ output: 'ok', timeMs: 77 }] }, third],
  };
  const mock = await mockForTest(withFaults('reset@call2,reset@call3'));
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const { record } = await runSmall('ws', endpointOf(mock), { script, toolTimeFactor: 1 });
  const waits = timers.mock.calls.filter(([, ms]) => ms === 77 || ms === 76);
  timers.mockRestore();
  expect(record.state).toBe('completed');
  expect(record.steps[1]?.attempts).toBe(3);
  expect(waits).toHaveLength(1);
});

describe.each(['ws', 'ws-full'] as const)('a connection that %s replaces between steps', (name) => {
  it('is a recovery without a failed request', async () => {
    const mock = await mockForTest();
    const { record, outcome } = await runSmall(name, endpointOf(mock), { limits: { rotateMs: 0 } });
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters).toMatchObject({ connections: 3, requests: 3, reconnects: 2 });
    expect(record.recoveries).toMatchObject([
      { step: 1, cause: { kind: 'closed' }, action: 'reconnect', waitedUs: 0, over: 'websocket' },
      { step: 2, cause: { kind: 'closed' }, action: 'reconnect', waitedUs: 0, over: 'websocket' },
    ]);
    for (const { recoveryUs } of record.recoveries ?? []) expect(recoveryUs).toBeGreaterThan(0);
    expect(record.phases.recoveryUs).toBe(0);
    expect(record.steps.map(({ attempts }) => attempts)).toEqual([undefined, undefined, undefined]);
  });
});
