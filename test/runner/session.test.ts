import { describe, expect, it, onTestFinished } from 'vitest';
import { runSession, type SessionEnded } from '../../src/runner/session.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import type { Endpoint } from '../../src/transport/transport.ts';
import { endpointAt } from '../support/exchange.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { startRelay } from '../support/relay.ts';
import { smallScript } from '../support/script.ts';
import { httpServerForTest, type StrangeServer } from '../support/servers.ts';

const names = Object.keys(transports) as TransportName[];
const overTls = { tls: { kind: 'generated' } } as const;

function runSmall(
  name: TransportName,
  endpoint: Endpoint,
  options: {
    signal?: AbortSignal;
    toolTimeFactor?: number;
    model?: string;
    onStep?: () => void;
  } = {},
): Promise<SessionEnded> {
  return runSession(
    {
      script: smallScript,
      model: options.model ?? 'small',
      policy: transports[name],
      toolTimeFactor: options.toolTimeFactor ?? 1,
      timeoutMs: 5000,
    },
    {
      transport: createTransport(name, endpoint),
      signal: options.signal ?? new AbortController().signal,
      ...(options.onStep && { onStep: options.onStep }),
    },
  );
}

describe('a workflow', () => {
  it.each(names)('over %s follows the script, item by item', async (name) => {
    const mock = await mockForTest(overTls);
    const { record, outcome } = await runSmall(name, endpointOf(mock));
    expect(outcome).toEqual([
      { kind: 'call', name: 'read_file', arguments: '{"path":"src/a.ts"}' },
      { kind: 'call', name: 'read_file', arguments: '{"path":"src/b.ts"}' },
      { kind: 'call', name: 'edit_file', arguments: '{"path":"src/a.ts"}' },
      { kind: 'text', text: 'I fixed the comparison in src/a.ts.' },
    ]);
    expect(record.state).toBe('completed');
    expect(record.steps.map((step) => step.deviations)).toEqual([undefined, undefined, undefined]);
  });

  it.each(
    names.flatMap((name) =>
      (name === 'http2' ? (['generated'] as const) : (['off', 'generated'] as const)).map(
        (tls) => [name, tls] as const,
      ),
    ),
  )('over %s, TLS %s: connections and bytes are what a relay saw', async (name, tls) => {
    const mock = await mockForTest({ tls: { kind: tls } });
    const relay = await startRelay(mock.port);
    onTestFinished(() => relay.close());
    const { record } = await runSmall(name, endpointOf(mock, relay.port));
    await relay.settled();
    expect(record.state).toBe('completed');
    expect(record.counters.connections).toBe(name === 'http' ? record.counters.requests : 1);
    expect({
      connections: record.counters.connections,
      sent: record.counters.bytes_sent,
      received: record.counters.bytes_received,
    }).toEqual({
      connections: relay.connections,
      sent: relay.bytesUp,
      received: relay.bytesDown,
    });
  });

  it('sends the history again over HTTP, and only what is new over WebSocket', async () => {
    const mock = await mockForTest();
    const sent = async (name: TransportName): Promise<number[]> => {
      const { record } = await runSmall(name, endpointOf(mock));
      return record.steps.map((step) => step.payloadBytesSent);
    };
    const [http, ws] = [await sent('http'), await sent('ws')];
    expect(http[2]).toBeGreaterThan(http[1] ?? NaN);
    expect(http[1]).toBeGreaterThan((http[0] ?? NaN) + 5000);
    expect(ws[2]).toBeLessThan((http[2] ?? NaN) - 5000);
  });

  it.each(names)('over %s has phases that add up to its end-to-end time', async (name) => {
    const mock = await mockForTest({ tls: { kind: 'generated' } });
    const { record } = await runSmall(name, endpointOf(mock));
    const total = (phases: typeof record.phases): number =>
      Object.values(phases).reduce((sum, part) => sum + part, 0);
    expect(total(record.phases)).toBe(record.e2eUs);
    for (const step of record.steps) {
      expect(total(step.phases) - step.phases.toolTimeUs).toBe(step.durationUs);
    }
    // Parallel tools overlap: 5 ms, then 2 ms.
    expect(record.phases.toolTimeUs).toBeGreaterThanOrEqual(7000);
    expect(record.phases.handshakeUs).toBeGreaterThan(0);
    expect(record.steps[0]?.phases.handshakeUs).toBeGreaterThan(0);
    if (name !== 'http') expect(record.steps[1]?.phases.handshakeUs).toBe(0);
  });

  it('marks the points of a step in their order', async () => {
    const mock = await mockForTest();
    for (const name of names.filter((each) => each !== 'http2')) {
      const { record } = await runSmall(name, endpointOf(mock));
      const [first] = record.steps;
      const points = [
        first?.ttfbUs,
        first?.ttfeUs,
        first?.ttftUs,
        first?.ttfoUs,
        first?.durationUs,
      ];
      expect(points).toEqual([...points].sort((a, b) => Number(a) - Number(b)));
    }
  });

  it.each(names)('over %s that fails is a record, not an exception', async (name) => {
    const mock = await mockForTest(overTls);
    const { record, failure } = await runSmall(name, endpointOf(mock), { model: 'unknown' });
    expect(record.state).toBe('failed');
    expect(record.steps).toHaveLength(1);
    expect(record.steps[0]?.failure).toEqual({
      kind: name.startsWith('ws') ? 'api_error' : 'http_status',
      status: 404,
      code: 'model_not_found',
    });
    expect(failure?.message).toContain('unknown');
  });

  it.each(names)(
    'over %s ends as aborted when its signal does, and closes its sockets',
    async (name) => {
      const mock = await mockForTest(overTls);
      const controller = new AbortController();
      const running = runSmall(name, endpointOf(mock), {
        signal: controller.signal,
        toolTimeFactor: 10_000,
        // In the tool wait after the first step.
        onStep: () => {
          setImmediate(() => {
            controller.abort();
          });
        },
      });
      const { record } = await running;
      expect(record.state).toBe('aborted');
      expect(record.steps[0]?.state).toBe('completed');
    },
  );

  it('over http2 fails where the server has no HTTP/2, instead of measuring something else', async () => {
    const mock = await mockForTest();
    const { record } = await runSmall('http2', endpointOf(mock));
    expect(record.steps[0]?.failure).toEqual({ kind: 'protocol', code: 'no_h2' });
  });

  it('over ws-warm begins with a request that fills the cache, on the first step and on its clock', async () => {
    const mock = await mockForTest();
    const { record } = await runSmall('ws-warm', endpointOf(mock));
    expect(record.counters.requests).toBe(4);
    expect(record.steps).toHaveLength(3);
    const plain = await runSmall('ws', endpointOf(mock));
    expect(record.steps[0]?.payloadBytesSent).toBeGreaterThan(
      plain.record.steps[0]?.payloadBytesSent ?? NaN,
    );
    expect(record.steps[1]?.payloadBytesSent).toBe(plain.record.steps[1]?.payloadBytesSent);
  });

  it('over http2 counts the whole wait as waiting: nobody tells when the request was written', async () => {
    const mock = await mockForTest(overTls);
    const { record } = await runSmall('http2', endpointOf(mock));
    for (const { phases } of record.steps) {
      expect(phases.requestWriteUs).toBe(0);
      expect(phases.waitingUs).toBeGreaterThan(0);
    }
  });

  it('takes an answer with an item that is none, and goes on', async () => {
    const { port } = await scriptedServer((send, done) => {
      send({ type: 'response.output_item.done', item: null });
      send({ type: 'response.output_item.done' });
      done();
    });
    const { record } = await runSmall('http', endpointAt(port));
    expect(record.state).toBe('completed');
    expect(record.steps[0]?.deviations).toContain('no_call');
  });

  it('counts an item once that a server says twice is done, and two without an id twice', async () => {
    const call = { type: 'function_call', name: 'search', arguments: '{}' };
    const { port } = await scriptedServer((send, done) => {
      for (const call_id of ['a', 'a']) {
        send({ type: 'response.output_item.done', item: { ...call, id: 'fc_1', call_id } });
      }
      for (const call_id of ['b', 'c']) {
        send({ type: 'response.output_item.done', item: { ...call, call_id } });
      }
      done();
    });
    const { outcome } = await runSmall('http', endpointAt(port));
    const firstStep = outcome.slice(0, 3);
    expect(firstStep).toEqual(Array(3).fill({ kind: 'call', name: 'search', arguments: '{}' }));
    expect(outcome.length % 3).toBe(0);
  });

  it('does not take a server that is slow to end its answer for its own overhead', async () => {
    const heldMs = 100;
    const { port } = await scriptedServer((_send, done) => {
      done(heldMs);
    });
    const { record } = await runSmall('http-keepalive', endpointAt(port), { toolTimeFactor: 0 });
    expect(record.state).toBe('completed');
    expect(record.phases.waitingUs).toBeGreaterThan(heldMs * 1000);
    expect(record.phases.clientOverheadUs).toBeLessThan(record.phases.waitingUs / 2);
  });
});

type Send = (event: object) => void;

/** Answers every request with what `respond` sends, then a terminal event, then, `heldMs` later, the end. */
function scriptedServer(
  respond: (send: Send, done: (heldMs?: number) => void) => void,
): Promise<StrangeServer> {
  return httpServerForTest((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send: Send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
      respond(send, (heldMs = 0) => {
        send({ type: 'response.completed', response: { id: 'resp_1', output: [] } });
        setTimeout(() => response.end(), heldMs);
      });
    });
  });
}
