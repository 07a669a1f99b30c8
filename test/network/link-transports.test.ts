import { beforeAll, describe, expect, it } from 'vitest';
import { nowUs } from '../../src/measure/clock.ts';
import { type ExchangeMarks, startMarks } from '../../src/measure/marks.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { startMock } from '../../src/mock/server.ts';
import { createLink, type Link } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { createTransport, type TransportName } from '../../src/transport/index.ts';
import type { Connection, Endpoint } from '../../src/transport/transport.ts';
import { atEnd } from '../support/cleanup.ts';
import { startRelay } from '../support/relay.ts';
import { smallScript } from '../support/script.ts';

/** Much longer than the work on this machine that comes with it. */
const RTT_MS = 40;
const REPETITIONS = 5;

/** The shortest of some repetitions, in ms: what a busy machine adds isn't the link's. */
interface Times {
  tcp: number;
  tls: number;
  upgrade: number;
  firstByte: number;
  warmFirstByte: number;
}

const times: Partial<Record<string, Times>> = {};
let endpoint: Endpoint;

beforeAll(async () => {
  const mock = await startMock({
    host: '127.0.0.1',
    port: 0,
    tls: { kind: 'generated' },
    scripts: [smallScript],
    profile: profiles.instant,
  });
  atEnd(() => mock.close());
  endpoint = {
    baseUrl: new URL(mock.url),
    headers: {},
    insecure: false,
    ...(mock.ca !== undefined && { ca: mock.ca }),
  };
  await Promise.all(
    (['http-keepalive', 'http2', 'ws'] as const).map(async (name) => {
      times[name] = await shortest(name, createLink(plainLink(RTT_MS), 1));
    }),
  );
});

describe('a link costs round trips', () => {
  it.each([
    { name: 'ws', phase: 'tcp', trips: 1, why: 'the TCP handshake' },
    { name: 'ws', phase: 'tls', trips: 1, why: 'TLS 1.3' },
    { name: 'ws', phase: 'upgrade', trips: 1, why: 'the upgrade' },
    { name: 'ws', phase: 'firstByte', trips: 4, why: 'a fresh secure WebSocket and its message' },
    { name: 'ws', phase: 'warmFirstByte', trips: 1, why: 'a message on an open WebSocket' },
    { name: 'http-keepalive', phase: 'firstByte', trips: 3, why: 'a fresh HTTPS request' },
    { name: 'http-keepalive', phase: 'warmFirstByte', trips: 1, why: 'a kept HTTPS connection' },
    { name: 'http2', phase: 'warmFirstByte', trips: 1, why: 'a kept HTTP/2 connection' },
  ] as const)('$trips for $why', ({ name, phase, trips }) => {
    const measured = times[name] ?? expect.fail('not measured');
    expect(Math.floor(measured[phase] / RTT_MS)).toBe(trips);
  });
});

describe('upload', () => {
  it.each(['http', 'http-keepalive', 'http2', 'ws'] as const)(
    'of %s ends half a round trip before the answer at the latest',
    async (name) => {
      const { marks } = await exchanges(name, createLink(plainLink(RTT_MS), 1), 1);
      const [{ uploadEndUs, writeStartUs, firstByteUs }] = marks as [ExchangeMarks];

      expect(uploadEndUs - writeStartUs).toBeGreaterThanOrEqual((RTT_MS / 2) * 1000);
      expect(uploadEndUs).toBeLessThanOrEqual(firstByteUs - 0.45 * RTT_MS * 1000);
    },
  );

  it('is unknown without a link', async () => {
    const { marks } = await exchanges('ws', undefined, 1);

    expect(marks[0]?.uploadEndUs).toBeNaN();
  });
});

describe('bytes', () => {
  it.each(['http', 'http-keepalive', 'http2', 'ws'] as const)(
    'of %s are those that a witness beyond the link counts',
    async (name) => {
      const relay = await startRelay(Number(endpoint.baseUrl.port));
      atEnd(() => relay.close());
      const baseUrl = new URL(endpoint.baseUrl);
      baseUrl.port = String(relay.port);

      const { connections } = await exchanges(name, createLink(plainLink(5), 1), 2, baseUrl);
      await relay.settled();

      expect(connections).toHaveLength(relay.connections);
      expect(total(connections, 'sent')).toBe(relay.bytesUp);
      expect(total(connections, 'received')).toBe(relay.bytesDown);
    },
  );
});

async function shortest(name: TransportName, link: Link): Promise<Times> {
  const all: Times[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const { marks, connections } = await exchanges(name, link, 2);
    const [fresh, warm] = marks as [ExchangeMarks, ExchangeMarks];
    const [connection] = connections as [Connection];
    all.push({
      tcp: connection.tcpConnectUs / 1000,
      tls: (connection.tlsHandshakeUs ?? NaN) / 1000,
      upgrade: (connection.wsUpgradeUs ?? NaN) / 1000,
      firstByte: (fresh.firstByteUs - fresh.startUs) / 1000,
      warmFirstByte: (warm.firstByteUs - warm.startUs) / 1000,
    });
  }
  const least = (phase: keyof Times): number => Math.min(...all.map((one) => one[phase]));
  return {
    tcp: least('tcp'),
    tls: least('tls'),
    upgrade: least('upgrade'),
    firstByte: least('firstByte'),
    warmFirstByte: least('warmFirstByte'),
  };
}

/** One session of `count` small requests. */
async function exchanges(
  name: TransportName,
  link: Link | undefined,
  count: number,
  baseUrl = endpoint.baseUrl,
): Promise<{ marks: ExchangeMarks[]; connections: readonly Connection[] }> {
  const transport = createTransport(name, { ...endpoint, baseUrl, ...(link && { link }) });
  const all: ExchangeMarks[] = [];
  for (let step = 0; step < count; step++) {
    const marks = startMarks(nowUs());
    const request = {
      model: smallScript.name,
      input: [{ type: 'message', role: 'user', content: 'Fix the failing test.' }],
      stream: true,
      store: false,
    } as Parameters<typeof transport.exchange>[0];
    for await (const _event of transport.exchange(request, marks, new AbortController().signal));
    all.push(marks);
  }
  await transport.close();
  return { marks: all, connections: transport.connections };
}

function total(connections: readonly Connection[], way: 'sent' | 'received'): number {
  return connections.reduce((bytes, connection) => bytes + connection.bytes()[way], 0);
}
