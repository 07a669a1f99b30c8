import { expect, it } from 'vitest';
import { summariseTransport } from '../../src/result/summarise.ts';
import { runSession, type SessionEnded } from '../../src/runner/session.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import type { Endpoint } from '../../src/transport/transport.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { proxyForTest } from '../support/proxy.ts';
import { smallScript } from '../support/script.ts';
import { closedPort } from '../support/servers.ts';

const names = Object.keys(transports) as TransportName[];
const authorization = 'Basic cGxhbnRlZDpwbGFudGVk';

function runSmall(
  name: TransportName,
  endpoint: Endpoint,
  connectTimeoutMs = 5000,
): Promise<SessionEnded> {
  return runSession(
    {
      script: smallScript,
      model: 'small',
      policy: transports[name],
      toolTimeFactor: 0,
      timeoutMs: 10_000,
    },
    {
      transport: createTransport(name, endpoint, { ...defaultSessionLimits, connectTimeoutMs }),
      signal: new AbortController().signal,
    },
  );
}

/** HTTP/2 needs TLS. */
const served = names.flatMap((name) =>
  (['off', 'generated'] as const).flatMap((tls) =>
    name === 'http2' && tls === 'off' ? [] : [[name, tls] as const],
  ),
);

it.each(served)(
  '%s, TLS %s, through a proxy: what it counts is what we count, and its time adds up',
  async (name, tls) => {
    const mock = await mockForTest({ tls: { kind: tls } });
    const witness = await proxyForTest({ authorization });
    const { record } = await runSmall(name, { ...endpointOf(mock), way: { proxy: witness.proxy } });
    await witness.settled();
    expect(record.state).toBe('completed');
    const { connections, requests, bytes_sent, bytes_received } = record.counters;
    expect(connections).toBe(name === 'http' ? requests : 1);
    expect(witness.seen).toEqual({ connections, bytesUp: bytes_sent, bytesDown: bytes_received });
    // Plain HTTP too: what opens a connection costs every transport alike.
    expect(witness.tunnels).toEqual(Array(connections).fill(`127.0.0.1:${String(mock.port)}`));

    const parts = record.connections.map(
      ({ tcpConnectUs, proxyUs = NaN, tlsHandshakeUs, wsUpgradeUs }) =>
        tcpConnectUs + proxyUs + (tlsHandshakeUs ?? 0) + (wsUpgradeUs ?? 0),
    );
    const opening = parts.reduce((sum, us) => sum + us, 0);
    expect(record.connections.every(({ proxyUs = 0 }) => proxyUs > 0)).toBe(true);
    // Each part is rounded by itself.
    expect(Math.abs(record.phases.handshakeUs - opening)).toBeLessThanOrEqual(4 * connections);
    const { metrics } = summariseTransport(name, [
      { index: 0, order: [name], workflows: { [name]: record } },
    ]);
    expect(metrics.proxy?.count).toBe(connections);
    expect(metrics.handshake?.max).toBe(Math.max(...parts));
  },
);

it.each(names)('%s never goes past a proxy that is down', async (name) => {
  const mock = await mockForTest({ tls: { kind: 'generated' } });
  const proxy = { host: '127.0.0.1', port: await closedPort(), authorization };
  const { record, failure } = await runSmall(name, { ...endpointOf(mock), way: { proxy } });
  expect(record.steps[0]?.failure).toEqual({ kind: 'proxy', code: 'ECONNREFUSED' });
  expect(failure?.message).toContain(`the proxy http://127.0.0.1:${String(proxy.port)} is out of`);
  expect(record.counters.connections).toBe(0);
});

it.each(names)('%s says with which status a proxy refuses', async (name) => {
  const mock = await mockForTest({ tls: { kind: 'generated' } });
  const { proxy } = await proxyForTest({ authorization });
  const stranger = { ...proxy, authorization: 'Basic planted' };
  const { record } = await runSmall(name, { ...endpointOf(mock), way: { proxy: stranger } });
  expect(record.steps[0]?.failure).toEqual({ kind: 'proxy', status: 407 });
});

it.each(names)('%s waits for a silent proxy no longer than a connection may take', async (name) => {
  const mock = await mockForTest({ tls: { kind: 'generated' } });
  const { proxy, url } = await proxyForTest({ answer: () => undefined });
  const { record, failure } = await runSmall(name, { ...endpointOf(mock), way: { proxy } }, 50);
  expect(record.steps[0]?.failure).toEqual({ kind: 'timeout', code: 'connect' });
  expect(failure?.message).toBe(`no connection through the proxy ${url} within 50 ms`);
});
