import { describe, expect, it } from 'vitest';
import { drawOf } from '../../src/runner/recovery/backoff.ts';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import type { TransportName } from '../../src/transport/index.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { runSmall, smallOutcome, withFaults } from './run-small.ts';

const arms: TransportName[] = ['http', 'http-keepalive', 'http-chained', 'ws-full', 'ws'];
const retrying = (retries: number) => ({ ...defaultRecovery, retries });

describe.each(arms)('a refusal over %s', (name) => {
  it('is waited out as long as the server asks', async () => {
    const mock = await mockForTest(withFaults('429:1ms@call2'));
    const { record, outcome } = await runSmall(name, endpointOf(mock), { recovery: retrying(1) });
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters).toMatchObject({ retries: 1, requests: 4, reconnects: 0 });
    expect(record.recoveries).toMatchObject([
      { step: 1, cause: { status: 429, code: 'rate_limit_exceeded' }, action: 'retry' },
    ]);
    const [recovery] = record.recoveries ?? [];
    expect(recovery?.waitedUs).toBeGreaterThanOrEqual(1000);
    expect(recovery?.recoveryUs).toBeGreaterThan(recovery?.waitedUs ?? NaN);
    expect(record.steps[1]?.phases.recoveryUs).toBeGreaterThan(recovery?.waitedUs ?? NaN);
  });

  it('is final where nothing may be retried', async () => {
    const mock = await mockForTest(withFaults('503@call2'));
    const { record } = await runSmall(name, endpointOf(mock));
    expect(record.state).toBe('failed');
    expect(record.counters).toMatchObject({ retries: 0, requests: 2 });
    expect(record.recoveries).toMatchObject([
      { step: 1, cause: { status: 503 }, action: 'give_up', recoveryUs: null },
    ]);
  });

  it('is final after so many retries', async () => {
    const mock = await mockForTest(withFaults('503:1ms'));
    const { record } = await runSmall(name, endpointOf(mock), { recovery: retrying(2) });
    expect(record.state).toBe('failed');
    expect(record.steps).toMatchObject([{ state: 'failed', attempts: 3 }]);
    expect(record.recoveries?.map(({ action }) => action)).toEqual(['retry', 'retry', 'give_up']);
    expect(record.counters).toMatchObject({ retries: 2, requests: 3 });
  });

  it('is final where the wait would pass the deadline', async () => {
    const mock = await mockForTest(withFaults('503:30s'));
    const { record } = await runSmall(name, endpointOf(mock), { recovery: retrying(2) });
    expect(record.recoveries).toMatchObject([{ action: 'give_up', waitedUs: 0 }]);
    expect(record.counters.requests).toBe(1);
  });

  it('is not waited out when the run is called off', async () => {
    const mock = await mockForTest(withFaults('503:30s@call2'));
    const controller = new AbortController();
    const { record } = await runSmall(name, endpointOf(mock), {
      recovery: retrying(1),
      timeoutMs: 120_000,
      signal: controller.signal,
      around: (transport) =>
        afterFailure(transport, () => {
          controller.abort();
        }),
    });
    expect(record.state).toBe('aborted');
    expect(record.steps.map(({ state }) => state)).toEqual(['completed', 'aborted']);
    expect(record.recoveries).toMatchObject([{ step: 1, action: 'retry', recoveryUs: null }]);
    expect(record.counters.requests).toBe(2);
    expect(record.steps[1]?.attempts).toBeUndefined();
  });

  it('asks before every attempt whether it may', async () => {
    const mock = await mockForTest(withFaults('503:1ms@call2'));
    let left = 2;
    const { record } = await runSmall(name, endpointOf(mock), {
      recovery: retrying(1),
      spend: { mayRequest: () => left-- > 0, add: () => undefined },
    });
    expect(left).toBe(-1);
    expect(record.state).toBe('aborted');
    expect(record.steps.map(({ state }) => state)).toEqual(['completed', 'aborted']);
    expect(record.counters.requests).toBe(2);
  });
});

describe.each(['ws', 'ws-warm'] as const)('a response that was forgotten over %s', (name) => {
  it.each(['forget@call2', 'forget:invalid@call2'])(
    'after %s goes out whole, once',
    async (spec) => {
      const mock = await mockForTest(withFaults(spec));
      const { record, outcome } = await runSmall(name, endpointOf(mock));
      expect(outcome).toEqual(smallOutcome);
      expect(record.counters).toMatchObject({ resends: 1, reconnects: 0, connections: 1 });
      expect(record.recoveries).toMatchObject([
        { cause: { code: 'previous_response_not_found' }, action: 'resend' },
      ]);
    },
  );
});

it('a response that failed is asked for again over the same connection', async () => {
  const mock = await mockForTest(withFaults('fail@call2'));
  const { record, outcome } = await runSmall('ws', endpointOf(mock), { recovery: retrying(1) });
  expect(outcome).toEqual(smallOutcome);
  expect(record.counters).toMatchObject({ retries: 1, resends: 0, connections: 1 });
  expect(record.recoveries).toMatchObject([{ cause: { code: 'server_error' }, action: 'retry' }]);
});

it('without a hint the wait is what seed, step and attempt draw', async () => {
  const seed = 3;
  const mock = await mockForTest(withFaults('fail@call2'));
  const { record } = await runSmall('ws', endpointOf(mock), { recovery: retrying(1), seed });
  expect(record.recoveries?.[0]?.waitedUs).toBeGreaterThanOrEqual(500_000 * drawOf(seed, 1, 0));
});

/** Tells of a failed exchange once the runner has had time to decide on it. */
function afterFailure(transport: Transport, tell: () => void): Transport {
  return {
    ...transport,
    connections: transport.connections,
    async *exchange(...args) {
      try {
        yield* transport.exchange(...args);
      } catch (error) {
        setImmediate(tell);
        throw error;
      }
    },
  };
}
