import { describe, expect, it } from 'vitest';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import { EndpointFailure } from '../../src/transport/failure.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { runSmall, smallOutcome } from './run-small.ts';

const overTls = { tls: { kind: 'generated' } } as const;
const arms = Object.keys(transports) as TransportName[];
/** More than the first step's context, less than the second's. */
const script = { ...smallScript, compactAboveBytes: 4000 };

describe.each(arms)('a context that grows too long over %s', (name) => {
  it('is made shorter once, and the session ends the same', async () => {
    const mock = await mockForTest(overTls);
    const plain = await runSmall(name, endpointOf(mock));
    const { record, outcome } = await runSmall(name, endpointOf(mock), { script });
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters.compactions).toBe(1);
    expect(record.counters.requests).toBe(plain.record.counters.requests + 1);
    expect(record.steps.map(({ attempts }) => attempts)).toEqual([undefined, undefined, undefined]);
    expect(record.recoveries).toBeUndefined();
    if (transports[name].context === 'full') {
      const [before, after] = [plain, { record }].map((run) => run.record.steps[2]);
      expect(after?.payloadBytesSent).toBeLessThan((before?.payloadBytesSent ?? NaN) - 5000);
    }
  });

  it('takes its time from the step, and the phases still add up', async () => {
    const mock = await mockForTest(overTls);
    const { record } = await runSmall(name, endpointOf(mock), { script });
    const [, second] = record.steps;
    const { toolTimeUs, ...inside } = second?.phases ?? { toolTimeUs: 0 };
    expect(toolTimeUs).toBe(0);
    expect(Object.values(inside).reduce((sum, part) => sum + part, 0)).toBe(second?.durationUs);
    expect(second?.phases.recoveryUs).toBe(0);
  });
});

describe('a compaction that fails', () => {
  it.each([
    [
      'is asked for again where its connection was lost',
      new EndpointFailure('closed', 'as told'),
      [{ step: 1, cause: { kind: 'closed' }, action: 'reconnect' }],
      'completed',
    ],
    [
      'ends the step where the endpoint knows no compaction',
      new EndpointFailure('http_status', 'as told', { status: 404 }),
      [{ step: 1, cause: { kind: 'http_status', status: 404 }, action: 'give_up' }],
      'failed',
    ],
    [
      'is retried where the endpoint was busy',
      new EndpointFailure('http_status', 'as told', { status: 503, retryAfterMs: 1 }),
      [{ step: 1, cause: { kind: 'http_status', status: 503 }, action: 'retry' }],
      'completed',
    ],
  ])('%s', async (_reason, failure, recoveries, state) => {
    const mock = await mockForTest();
    const { record } = await runSmall('ws', endpointOf(mock), {
      script,
      recovery: { ...defaultRecovery, retries: 1 },
      around: (transport) => failingOnce(transport, failure),
    });
    expect(record.recoveries).toMatchObject(recoveries);
    expect(record.state).toBe(state);
    expect(record.counters.compactions).toBe(state === 'completed' ? 1 : 0);
    expect(record.steps[1]?.attempts ?? 1).toBe(recoveries[0]?.action === 'give_up' ? 1 : 2);
  });
});

function failingOnce(transport: Transport, failure: EndpointFailure): Transport {
  let failed = false;
  return {
    ...transport,
    connections: transport.connections,
    compact(...args) {
      if (failed) return transport.compact(...args);
      failed = true;
      return Promise.reject(failure);
    },
  };
}
