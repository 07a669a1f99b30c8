import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Fallback } from '../../src/runner/recovery/carrier.ts';
import {
  createProbeSchedule,
  type ProbeSchedule,
} from '../../src/runner/recovery/probe-schedule.ts';
import { defaultRecovery } from '../../src/runner/recovery/recovery.ts';
import { createTransport } from '../../src/transport/index.ts';
import type { Endpoint } from '../../src/transport/transport.ts';
import { endpointAt } from '../support/exchange.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { closedPort, tcpServerForTest } from '../support/servers.ts';
import { runSmall, smallOutcome, withFaults } from './run-small.ts';

const COOL_DOWN_MS = 30_000;

/** HTTP in reserve, and a clock that only the test moves. */
function fallbackTo(endpoint: Endpoint): Fallback & { clock: { nowMs: number } } {
  const clock = { nowMs: 0 };
  const probes: ProbeSchedule = createProbeSchedule(COOL_DOWN_MS, () => clock.nowMs);
  return { clock, probes, open: () => createTransport('http-keepalive', endpoint) };
}

const arms = ['ws', 'ws-full', 'ws-warm'] as const;

describe.each(arms)('%s where upgrades are refused', (name) => {
  it.each([
    ['by 426', 'upgrade:426', { kind: 'upgrade_refused', status: 426 }],
    ['by 503, retries used up', 'upgrade:503', { kind: 'upgrade_refused', status: 503 }],
    ['by silence', 'upgrade:hang', { kind: 'upgrade_refused', code: 'timeout' }],
  ])('%s goes on over HTTP to the same end', async (_how, spec, cause) => {
    const mock = await mockForTest(withFaults(spec));
    const endpoint = endpointOf(mock);
    const { record, outcome } = await runSmall(name, endpoint, {
      fallback: fallbackTo(endpoint),
      limits: { connectTimeoutMs: 300 },
    });
    expect(outcome).toEqual(smallOutcome);
    expect(record.fellBack).toBe(true);
    expect(record.recoveries).toMatchObject([
      { step: 0, cause, action: 'fall_back', over: 'http' },
    ]);
    expect(record.recoveries?.[0]?.recoveryUs).toBeGreaterThan(0);
    expect(record.counters).toMatchObject({ fallbacks: 1, requests: 3, connections: 2 });
    expect(record.connections.map(({ wsUpgradeUs }) => wsUpgradeUs)).toEqual([null, null]);
  });

  it.each<[how: string, breakOff: (socket: Socket) => void, code: string]>([
    ['reset', (socket) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['closed', (socket) => socket.end(), 'ECONNRESET'],
    [
      'answered with a key that is none',
      (socket) =>
        socket.write(
          'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
        ),
      'handshake',
    ],
  ])('where they are %s they are tried twice more, then HTTP is', async (_how, breakOff, code) => {
    const mock = await mockForTest();
    const proxy = await tcpServerForTest((socket) => {
      socket.once('data', () => {
        breakOff(socket);
      });
    });
    const fallback = fallbackTo(endpointOf(mock));
    const { record, outcome } = await runSmall(name, endpointAt(proxy.port), { fallback });
    expect(outcome).toEqual(smallOutcome);
    const cause = { kind: 'upgrade_refused', code };
    expect(record.recoveries).toMatchObject([
      { cause, action: 'reconnect' },
      { cause, action: 'reconnect' },
      { cause, action: 'fall_back', over: 'http' },
    ]);
    expect(proxy.accepted).toBe(3);
  });

  it.each([
    ['twice, for policy', 1008, ['reconnect', 'fall_back']],
    ['twice, with a code of its own', 4001, ['reconnect', 'fall_back']],
    ['because a frame is too big', 1009, ['fall_back']],
  ])('where they are closed before a word, %s, HTTP is next', async (_how, code, actions) => {
    const mock = await mockForTest();
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.once('message', () => {
        socket.close(code);
      });
    });
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const fallback = fallbackTo(endpointOf(mock));
    const { record, outcome } = await runSmall(name, endpointAt(port), { fallback });
    expect(outcome).toEqual(smallOutcome);
    const cause = { kind: 'closed', code: String(code) };
    expect(record.recoveries).toMatchObject(actions.map((action) => ({ step: 0, cause, action })));
    expect(record.counters.fallbacks).toBe(1);
    expect(fallback.probes.mayTry()).toBe(false);
  });

  it('fails without HTTP in reserve', async () => {
    const mock = await mockForTest(withFaults('upgrade:426'));
    const { record } = await runSmall(name, endpointOf(mock));
    expect(record.state).toBe('failed');
    expect(record.fellBack).toBeUndefined();
    expect(record.recoveries).toMatchObject([{ action: 'give_up', over: 'websocket' }]);
  });

  it('is back on WebSocket with the first step after the cool-down', async () => {
    const mock = await mockForTest(withFaults('upgrade:426@call1'));
    const endpoint = endpointOf(mock);
    const fallback = fallbackTo(endpoint);
    let steps = 0;
    const { record, outcome } = await runSmall(name, endpoint, {
      fallback,
      onStep: () => {
        fallback.clock.nowMs += ++steps === 1 ? COOL_DOWN_MS - 1 : 1;
      },
    });
    expect(outcome).toEqual(smallOutcome);
    expect(record.counters).toMatchObject({ fallbacks: 1, requests: 3, connections: 3 });
    // The refused one, and the one of the last step; HTTP's comes last.
    expect(record.connections.map(({ wsUpgradeUs }) => wsUpgradeUs !== null)).toEqual([
      false,
      true,
      false,
    ]);
    expect(record.steps.map(({ phases }) => phases.handshakeUs > 0)).toEqual([true, false, true]);
    expect(fallback.probes.mayTry() && fallback.probes.mayTry()).toBe(true);
  });

  it('begins over HTTP while WebSocket is known to be refused, and says so', async () => {
    const mock = await mockForTest(withFaults('upgrade:426'));
    const endpoint = endpointOf(mock);
    const fallback = fallbackTo(endpoint);
    await runSmall(name, endpoint, { fallback });
    const { record, outcome } = await runSmall(name, endpoint, { fallback });
    expect(outcome).toEqual(smallOutcome);
    expect(record.recoveries).toBeUndefined();
    expect(record.fellBack).toBe(true);
    expect(record.counters).toMatchObject({ fallbacks: 1, requests: 3, connections: 1 });
  });

  it('is refused again when it tries again, and goes on over the HTTP that it had', async () => {
    const mock = await mockForTest(withFaults('upgrade:426'));
    const endpoint = endpointOf(mock);
    const fallback = fallbackTo(endpoint);
    const { record, outcome } = await runSmall(name, endpoint, {
      fallback,
      onStep: () => {
        fallback.clock.nowMs += COOL_DOWN_MS;
      },
    });
    expect(outcome).toEqual(smallOutcome);
    expect(record.recoveries?.map(({ step, action }) => [step, action])).toEqual([
      [0, 'fall_back'],
      [1, 'fall_back'],
      [2, 'fall_back'],
    ]);
    // Three refusals, and one connection for all that was answered.
    expect(record.counters).toMatchObject({ fallbacks: 3, requests: 3, connections: 4 });
  });
});

it('the other sessions know of the first refusal', async () => {
  const mock = await mockForTest(withFaults('upgrade:426'));
  const endpoint = endpointOf(mock);
  const fallback = fallbackTo(endpoint);
  await runSmall('ws', endpoint, { fallback });
  const later = await Promise.all(
    Array.from({ length: 10 }, () => runSmall('ws', endpoint, { fallback })),
  );
  expect(later.map(({ record }) => record.counters.connections)).toEqual(Array(10).fill(1));
  fallback.clock.nowMs += COOL_DOWN_MS;
  const probing = await Promise.all(
    Array.from({ length: 10 }, () => runSmall('ws', endpoint, { fallback })),
  );
  const connections = probing.map(({ record }) => record.counters.connections);
  expect(connections.toSorted()).toEqual([...Array<number>(9).fill(1), 2]);
});

it('a busy upgrade is retried before HTTP takes over', async () => {
  const mock = await mockForTest(withFaults('upgrade:503'));
  const endpoint = endpointOf(mock);
  const { record } = await runSmall('ws', endpoint, {
    fallback: fallbackTo(endpoint),
    recovery: { ...defaultRecovery, retries: 1 },
  });
  expect(record.state).toBe('completed');
  expect(record.recoveries?.map(({ action, over }) => [action, over])).toEqual([
    ['retry', 'websocket'],
    ['fall_back', 'http'],
  ]);
});

it('nobody there is nobody there over HTTP too', async () => {
  const endpoint = { ...endpointOf(await mockForTest()) };
  endpoint.baseUrl = new URL(endpoint.baseUrl);
  endpoint.baseUrl.port = String(await closedPort());
  const fallback = fallbackTo(endpoint);
  const { record } = await runSmall('ws', endpoint, { fallback });
  expect(record.recoveries).toMatchObject([{ cause: { kind: 'unreachable' }, action: 'give_up' }]);
  expect(fallback.probes.mayTry()).toBe(true);
});

it('a socket that opens while others are refused does not hide that from them', async () => {
  const mock = await mockForTest(withFaults('upgrade:426@call2'));
  const endpoint = endpointOf(mock);
  const fallback = fallbackTo(endpoint);
  const open = await runSmall('ws', endpoint, {
    fallback,
    onStep: () => {
      // Meanwhile somebody else is refused.
      fallback.probes.refused();
    },
  });
  expect(open.record.fellBack).toBeUndefined();
  expect(fallback.probes.mayTry()).toBe(false);
});
