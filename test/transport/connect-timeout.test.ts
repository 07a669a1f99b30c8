import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeSocket } from '../../src/network/close.ts';
import { dial } from '../../src/network/dial.ts';
import { handshakeTurn } from '../../src/network/handshake-pace.ts';
import { createLink } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { limitConnect } from '../../src/transport/connect-limit.ts';
import { createTransport, type TransportName } from '../../src/transport/index.ts';
import { defaultSessionLimits, type SessionLimits } from '../../src/transport/session-limits.ts';
import type { Endpoint } from '../../src/transport/transport.ts';
import { answer, type Exchanged, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest, tcpServerForTest, tlsServerForTest } from '../support/servers.ts';

const TIMEOUT_MS = 60;
/** For what has to come before the wait: long enough on a busy machine. */
const AMPLE_MS = 1000;
const RTT_MS = 40;

function within(connectTimeoutMs: number): SessionLimits {
  return { ...defaultSessionLimits, connectTimeoutMs };
}

describe('a connection that does not open', () => {
  it.each<TransportName>(['http', 'http-keepalive', 'http2', 'ws'])(
    'over %s is given up after its time, and nothing of it stays',
    async (name) => {
      const server = await tcpServerForTest((socket) => socket.resume());
      const baseUrl = new URL(`https://127.0.0.1:${String(server.port)}/v1`);
      const transport = createTransport(
        name,
        { ...endpointAt(server.port), baseUrl },
        within(TIMEOUT_MS),
      );
      const { error, marks } = await exchangeOnce(transport);
      expect(error).toMatchObject({ kind: 'timeout', code: 'connect' });
      // Node's timers count whole milliseconds.
      expect(marks.handshakeUs).toBeGreaterThan((TIMEOUT_MS - 2) * 1000);
      await transport.close();
      await expect.poll(() => server.open).toBe(0);
    },
  );

  it('for want of an answer to the upgrade is a refused upgrade', async () => {
    const server = await tcpServerForTest((socket) => socket.resume());
    const transport = createTransport('ws', endpointAt(server.port), within(AMPLE_MS));
    const { error, marks } = await exchangeOnce(transport);
    expect(error).toMatchObject({ kind: 'upgrade_refused', code: 'timeout', status: undefined });
    expect(marks.handshakeUs).toBeGreaterThan((AMPLE_MS - 2) * 1000);
    await transport.close();
    await expect.poll(() => server.open).toBe(0);
  });

  it('has one time for TLS and upgrade together', async () => {
    const rttMs = AMPLE_MS / 5;
    const server = await tlsServerForTest((socket) => socket.resume());
    const endpoint = linked(
      { ...endpointAt(server.port), ca: server.ca, baseUrl: secureUrl(server.port) },
      rttMs,
    );
    const transport = createTransport('ws', endpoint, within(AMPLE_MS));
    // With as much again for the upgrade it would be two round trips later. Timers keep their order, however late.
    let later = false;
    const timer = setTimeout(() => {
      later = true;
    }, AMPLE_MS + rttMs);
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ kind: 'upgrade_refused', code: 'timeout' });
    expect(later).toBe(false);
    clearTimeout(timer);
    await transport.close();
  });

  it('leaves an exchange that is under way alone: opening is all it limits', async () => {
    const { port } = await httpServerForTest((_request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(answer.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
      }, 1.3 * AMPLE_MS);
    });
    const transport = createTransport('http', endpointAt(port), within(AMPLE_MS));
    expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
    await transport.close();
  });
});

describe('the time to connect', () => {
  it('stands still while the connection waits for us', async () => {
    const never = new AbortController().signal;
    const ended: string[] = [];
    const [paused, plain] = ['paused', 'plain'].map((name) => {
      const limit = limitConnect(50, never, () => new Error(name));
      limit.signal.addEventListener('abort', () => {
        ended.push((limit.signal.reason as Error).message);
      });
      return limit;
    });
    const resume = paused?.pause();
    await expect.poll(() => ended).toEqual(['plain']);
    resume?.();
    await expect.poll(() => ended).toEqual(['plain', 'paused']);
    plain?.release();
    paused?.release();
  });

  it('outlasts a turn to shake hands that comes later than it would end', async () => {
    const server = await tlsServerForTest((socket) => socket.resume());
    const never = new AbortController().signal;
    setMaxListeners(0, never);
    const limit = limitConnect(AMPLE_MS, never, () => new Error('late'));
    // 1.25 ms each.
    for (let turn = 0; turn < 1.2 * AMPLE_MS; turn++) void handshakeTurn(never);
    const { socket, pacedUs } = await dial(
      {
        host: 'localhost',
        port: server.port,
        tls: { ca: server.ca, verify: true, alpn: 'http/1.1' },
      },
      limit.signal,
      limit.pause,
    );
    limit.release();
    expect(pacedUs).toBeGreaterThan(AMPLE_MS * 1000);
    await closeSocket(socket);
  });

  it('ends with the signal it was made from', () => {
    const reason = new Error('enough');
    const limit = limitConnect(10_000, AbortSignal.abort(reason), () => new Error('late'));
    expect(limit.signal.reason).toBe(reason);
    limit.release();
  });
});

describe('an upgrade that is refused with 426', () => {
  it('is known after the round trips of TCP and the upgrade', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const endpoint = linked(endpointAt((server.address() as AddressInfo).port), RTT_MS);
    const tries: Exchanged[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const transport = createTransport('ws', endpoint);
      tries.push(await exchangeOnce(transport));
      await transport.close();
    }
    for (const { error } of tries) {
      expect(error).toMatchObject({ kind: 'upgrade_refused', status: 426 });
    }
    // The shortest: what a busy machine adds isn't the link's.
    const trips = Math.min(...tries.map(({ marks }) => marks.handshakeUs)) / 1000 / RTT_MS;
    expect(trips).toBeGreaterThanOrEqual(2);
    expect(trips).toBeLessThan(3);
  });
});

function secureUrl(port: number): URL {
  return new URL(`https://localhost:${String(port)}/v1`);
}

function linked(endpoint: Endpoint, rttMs: number): Endpoint {
  return { ...endpoint, link: createLink(plainLink(rttMs), 1) };
}
