import { createServer, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FailureKind } from '../../src/transport/failure.ts';
import { createWebSocketTransport } from '../../src/transport/ws/websocket.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { type Answer, sendAll, webSocketForTest } from '../support/web-socket.ts';

describe('WebSocket mode', () => {
  it('fails the exchange, not the process, where the upgrade can’t be written: over TLS that is tried ahead', async () => {
    const mock = await mockForTest({ tls: { kind: 'generated' } });
    const headers = { 'x-note': 'two\nlines' };
    const transport = createWebSocketTransport({ ...endpointOf(mock), headers });
    onTestFinished(() => transport.close());
    const { events, error } = await exchangeOnce(transport);
    expect(events).toEqual([]);
    expect(error).toMatchObject({ message: expect.stringContaining('x-note') as string });
  });

  it('sends response.create without `stream`, on one socket, uncompressed', async () => {
    const requests: Record<string, unknown>[] = [];
    const { transport, upgrades } = await webSocketForTest((socket, _raw, request) => {
      requests.push(request);
      sendAll(socket, answer);
    });
    for (let call = 0; call < 3; call++) {
      expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
    }
    expect(requests).toEqual(
      Array.from({ length: 3 }, () => ({ type: 'response.create', model: 'm', input: [] })),
    );
    expect(upgrades).toHaveLength(1);
    expect(upgrades[0]?.url).toBe('/v1/responses');
    expect(upgrades[0]?.headers['sec-websocket-extensions']).toBeUndefined();
    expect(transport.connections).toHaveLength(1);
    expect(transport.connections[0]?.wsUpgradeUs).toBeGreaterThan(0);
  });

  it('is over with its terminal event: frames after it change nothing', async () => {
    const { transport } = await webSocketForTest((socket) => {
      sendAll(socket, [...answer, { type: 'vendor.timing' }]);
    });
    for (let call = 0; call < 2; call++) {
      const { events, error } = await exchangeOnce(transport);
      expect(error).toBeUndefined();
      expect(events).toEqual(answer);
      // What came late has arrived before the next request.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('reads a message in fragments', async () => {
    const { transport } = await webSocketForTest((socket) => {
      for (const event of answer) {
        const text = JSON.stringify(event);
        socket.send(text.slice(0, 5), { fin: false });
        socket.send(text.slice(5), { fin: true });
      }
    });
    expect((await exchangeOnce(transport)).events).toEqual(answer);
  });

  it('opens another socket where the server closed the first between two calls', async () => {
    const { transport, upgrades, open } = await webSocketForTest((socket) => {
      sendAll(socket, answer);
      socket.close(1000);
    });
    await exchangeOnce(transport);
    await expect.poll(open).toBe(0);
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(2);
    expect(transport.connections).toHaveLength(2);
  });
});

describe('a WebSocket endpoint that fails', () => {
  it.each<[why: string, onFrame: Answer, kind: FailureKind, code: string | undefined]>([
    [
      'with a frame that is cut off',
      (socket) => {
        socket.send('{"type":"response.crea');
      },
      'protocol',
      undefined,
    ],
    [
      'with a frame against the protocol',
      (_socket, raw) => {
        // Reserved bits set.
        raw.write(Buffer.from([0xf1, 0x00]));
      },
      'protocol',
      undefined,
    ],
    [
      'by closing before the terminal event',
      (socket) => {
        sendAll(socket, answer.slice(0, 2));
        socket.close(1011, 'sorry');
      },
      'closed',
      '1011',
    ],
    [
      'by hanging up',
      (_socket, raw) => {
        raw.destroy();
      },
      'closed',
      '1006',
    ],
    [
      'with an error frame',
      (socket) => {
        const error = { code: 'previous_response_not_found', message: 'gone' };
        sendAll(socket, [{ type: 'error', status: 400, error }]);
      },
      'api_error',
      'previous_response_not_found',
    ],
  ])('%s', async (_why, onFrame, kind, code) => {
    const { transport, open } = await webSocketForTest(onFrame);
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ name: 'EndpointFailure', kind, code });
    await transport.close();
    await expect.poll(open).toBe(0);
  });

  it.each([401, 403, 404, 426, 500, 200])('by refusing the upgrade with %d', async (status) => {
    const server = createServer((_request, response) => response.writeHead(status).end('no'));
    server.on('upgrade', (_request, socket) => {
      socket.end(
        `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\ncontent-length: 2\r\n\r\nno`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const transport = createWebSocketTransport(endpointAt((server.address() as AddressInfo).port));
    const { error, marks } = await exchangeOnce(transport);
    expect(error).toMatchObject({ name: 'EndpointFailure', kind: 'upgrade_refused', status });
    expect(marks.handshakeUs).toBeGreaterThan(0);
    expect(transport.connections[0]?.wsUpgradeUs).toBeNull();
    await transport.close();
    expect(transport.connections[0]?.socket.destroyed).toBe(true);
  });
});
