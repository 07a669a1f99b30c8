import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { nowUs } from '../../src/measure/clock.ts';
import { startMarks } from '../../src/measure/marks.ts';
import type { CreateRequest } from '../../src/protocol/request.ts';
import { createTransport } from '../../src/transport/index.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { createWebSocketTransport } from '../../src/transport/ws/websocket.ts';
import { answer, endpointAt, exchangeOnce } from '../support/exchange.ts';
import { httpServerForTest } from '../support/servers.ts';
import { type Answer, sendAll, webSocketForTest } from '../support/web-socket.ts';

const answerAll: Answer = (socket) => {
  sendAll(socket, answer);
};

const limitReached = {
  type: 'error',
  status: 400,
  error: { code: 'websocket_connection_limit_reached', message: 'Create a new one.' },
};

describe('a session', () => {
  it('is held from one exchange to the next, not before the first, nor after the end', async () => {
    const { transport } = await webSocketForTest(answerAll);
    expect(transport.holdsSession()).toBe(false);
    await exchangeOnce(transport);
    expect(transport.holdsSession()).toBe(true);
    await transport.close();
    expect(transport.holdsSession()).toBe(false);
  });

  it('is never held over HTTP, whose connections promise nothing', async () => {
    const { port } = await httpServerForTest((_request, response) => response.end());
    const transport = createTransport('http-keepalive', endpointAt(port));
    await exchangeOnce(transport);
    expect(transport.holdsSession()).toBe(false);
    await transport.close();
  });

  it.each<[how: string, end: (client: WebSocket) => void, said: string]>([
    [
      'closed with a word',
      (client) => {
        client.close(1001);
      },
      '1001',
    ],
    [
      'closed without one',
      (client) => {
        client.terminate();
      },
      '1006',
    ],
    [
      'reset',
      (client) => {
        rawOf(client).resetAndDestroy();
      },
      '1006',
    ],
    [
      'told that it is too old',
      (client) => {
        sendAll(client, [limitReached]);
      },
      'websocket_connection_limit_reached',
    ],
    [
      'sent what is no event',
      (client) => {
        client.send('{');
      },
      'no_event',
    ],
    [
      'sent a frame against the protocol',
      (client) => {
        rawOf(client).write(Buffer.from([0xf1, 0x00]));
      },
      '1006',
    ],
  ])('that is %s while it is idle is replaced without a failure', async (_how, end, said) => {
    const { transport, clients, upgrades } = await webSocketForTest(answerAll);
    await exchangeOnce(transport);
    for (const client of clients()) end(client);
    await expect.poll(() => transport.holdsSession()).toBe(false);
    await expect.poll(() => transport.sessionEnd()).toBe(said);
    expect(await exchangeOnce(transport)).toMatchObject({ events: answer, error: undefined });
    expect(transport.sessionEnd()).toBeUndefined();
    expect(transport.holdsSession()).toBe(true);
    expect(upgrades).toHaveLength(2);
  });

  it('outlives what comes late and means nothing', async () => {
    const { transport, clients, upgrades } = await webSocketForTest(answerAll);
    await exchangeOnce(transport);
    for (const client of clients()) sendAll(client, [{ type: 'vendor.timing' }]);
    await roundTrip(clients()[0]);
    expect(transport.holdsSession()).toBe(true);
    expect(upgrades).toHaveLength(1);
  });

  it('is over where the service says it is too old', async () => {
    let tooOld = true;
    const { transport, upgrades } = await webSocketForTest((socket) => {
      sendAll(socket, tooOld ? [limitReached] : answer);
    });
    const { error } = await exchangeOnce(transport);
    expect(error).toMatchObject({ kind: 'api_error', code: limitReached.error.code });
    expect(transport.holdsSession()).toBe(false);
    tooOld = false;
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(2);
  });

  it('is over where an event was garbled: the rest of that answer is no part of the next', async () => {
    let onFrame: Answer = (socket) => {
      socket.send('{');
      sendAll(socket, answer);
    };
    const { transport, open } = await webSocketForTest((...args) => {
      onFrame(...args);
    });
    expect((await exchangeOnce(transport)).error).toMatchObject({ kind: 'protocol' });
    expect(transport.holdsSession()).toBe(false);
    onFrame = answerAll;
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    await expect.poll(open).toBe(1);
  });

  it('is over where an exchange was called off: its answer is no part of the next', async () => {
    let socketOfFirst: WebSocket | undefined;
    const { transport } = await webSocketForTest((socket) => {
      if (socketOfFirst === undefined) socketOfFirst = socket;
      else sendAll(socket, answer);
    });
    const controller = new AbortController();
    const exchanged = exchangeOnce(transport, controller.signal);
    await expect.poll(() => socketOfFirst).toBeDefined();
    controller.abort(new Error('enough'));
    expect((await exchanged).error).toMatchObject({ message: 'enough' });
    expect(transport.holdsSession()).toBe(false);
    expect((await exchangeOnce(transport)).events).toEqual(answer);
  });

  it('goes on after an error of the API', async () => {
    let fails = true;
    const { transport, upgrades } = await webSocketForTest((socket) => {
      const error = { code: 'previous_response_not_found', message: 'gone' };
      sendAll(socket, fails ? [{ type: 'error', status: 400, error }] : answer);
    });
    expect((await exchangeOnce(transport)).error).toMatchObject({ kind: 'api_error' });
    expect(transport.holdsSession()).toBe(true);
    fails = false;
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(1);
  });
});

describe('a session that has grown old', () => {
  it('is replaced before its next exchange, and said goodbye to', async () => {
    const { transport, upgrades, open } = await webSocketForTest(answerAll, { rotateMs: 1 });
    await exchangeOnce(transport);
    await expect.poll(() => transport.holdsSession()).toBe(false);
    expect(transport.sessionEnd()).toBe('rotation');
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(2);
    await expect.poll(open).toBe(1);
  });

  it('stays for a request that continues what only it holds', async () => {
    const { transport, upgrades } = await webSocketForTest(answerAll, { rotateMs: 1 });
    await exchangeOnce(transport);
    await expect.poll(() => transport.holdsSession()).toBe(false);
    await send(transport, { model: 'm', input: [], previous_response_id: 'resp_1' });
    expect(upgrades).toHaveLength(1);
    await send(transport, { model: 'm', input: [], previous_response_id: 'resp_1', store: true });
    expect(upgrades).toHaveLength(2);
  });

  it('stays where there is no rotation', async () => {
    const { transport, upgrades } = await webSocketForTest(answerAll, { rotateMs: null });
    for (let call = 0; call < 3; call++) await exchangeOnce(transport);
    expect(upgrades).toHaveLength(1);
  });
});

describe('a session that lies idle', () => {
  it('is closed after its time, and opened again when it is needed', async () => {
    const { transport, upgrades, open } = await webSocketForTest(answerAll, { idleCloseMs: 30 });
    await exchangeOnce(transport);
    await expect.poll(open).toBe(0);
    expect(transport.holdsSession()).toBe(false);
    expect(transport.sessionEnd()).toBe('idle');
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(2);
  });

  it('is not idle while it waits for an answer', async () => {
    const { transport, upgrades } = await webSocketForTest(
      (socket) => {
        setTimeout(() => {
          sendAll(socket, answer);
        }, 200);
      },
      { idleCloseMs: 20 },
    );
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(upgrades).toHaveLength(1);
  });
});

describe('pings', () => {
  it('keep going while the peer answers, be it nothing else', async () => {
    let pings = 0;
    const { transport, upgrades } = await webSocketForTest(
      (socket) => {
        socket.on('ping', () => {
          if (++pings === 3) sendAll(socket, answer);
        });
      },
      { pingIntervalMs: 60 },
    );
    expect((await exchangeOnce(transport)).events).toEqual(answer);
    expect(transport.holdsSession()).toBe(true);
    expect(upgrades).toHaveLength(1);
  });

  it.each(['in an exchange', 'while idle'])('that nobody answers end it %s', async (when) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
    let pings = 0;
    server.on('connection', (socket) => {
      socket.on('ping', () => pings++);
      socket.on('error', () => undefined);
      socket.on('message', () => {
        if (when === 'while idle') sendAll(socket, answer);
      });
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const limits = { ...defaultSessionLimits, pingIntervalMs: 50 };
    const transport = createWebSocketTransport(endpointAt(port), limits);
    onTestFinished(async () => {
      await transport.close();
      server.close();
    });
    const { error } = await exchangeOnce(transport);
    if (when === 'in an exchange') {
      expect(error).toMatchObject({ kind: 'closed', code: 'ping_timeout' });
    } else {
      expect(error).toBeUndefined();
      await expect.poll(() => transport.holdsSession()).toBe(false);
      expect(transport.sessionEnd()).toBe('ping_timeout');
    }
    expect(pings).toBe(1);
    await expect.poll(() => server.clients.size).toBe(0);
  });

  it('are not sent where there are none to be', async () => {
    let pings = 0;
    const { transport } = await webSocketForTest(
      (socket) => {
        socket.on('ping', () => pings++);
        setTimeout(() => {
          sendAll(socket, answer);
        }, 100);
      },
      { pingIntervalMs: null },
    );
    await exchangeOnce(transport);
    expect(pings).toBe(0);
  });
});

describe('close', () => {
  it('leaves no timer and no socket, however the sockets ended', async () => {
    const timers = watchTimers();
    const before = openSockets();
    const timersHeld: number[] = [];
    for (const end of ['left open', 'terminated', 'rotated', 'called off'] as const) {
      const { transport, clients, close } = await webSocketForTest(
        (socket) => {
          if (end !== 'called off') sendAll(socket, answer);
        },
        { rotateMs: end === 'rotated' ? 1 : null },
      );
      const controller = new AbortController();
      const exchanged = exchangeOnce(transport, controller.signal);
      await expect.poll(() => clients().length).toBe(1);
      timersHeld.push(timers.size);
      if (end === 'called off') controller.abort(new Error('enough'));
      await exchanged;
      if (end === 'terminated') for (const client of clients()) client.terminate();
      if (end === 'rotated') {
        await expect.poll(() => transport.holdsSession()).toBe(false);
        await exchangeOnce(transport);
      }
      await transport.close();
      expect(transport.connections.every(({ socket }) => socket.destroyed)).toBe(true);
      await close();
    }
    // One for the pings and one for idleness at least: what is watched is really there.
    expect(Math.min(...timersHeld)).toBeGreaterThanOrEqual(2);
    await expect.poll(() => timers.size).toBe(0);
    expect(openSockets()).toBeLessThanOrEqual(before);
  });
});

/** Number of sockets of the whole process: other test files may have left some. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

/** Timers set by transports and not over; unlike the process's own list, those too that don't keep it alive. */
function watchTimers(): ReadonlySet<number> {
  const timers = new Set<number>();
  const hook = createHook({
    init(id, type) {
      const setBy = type === 'Timeout' ? new Error('to see who sets it').stack : undefined;
      if (/\/src\/transport\/|\/node_modules\/ws\//.test(setBy ?? '')) timers.add(id);
    },
    destroy(id) {
      timers.delete(id);
    },
  }).enable();
  onTestFinished(() => void hook.disable());
  return timers;
}

function rawOf(client: WebSocket): Socket {
  return (client as unknown as { _socket: Socket })._socket;
}

/** What came before has arrived when the answer to a ping is back. */
function roundTrip(client: WebSocket | undefined): Promise<void> {
  return new Promise((resolve) => {
    client?.once('pong', () => {
      resolve();
    });
    client?.ping();
  });
}

async function send(transport: Transport, request: CreateRequest): Promise<void> {
  const { signal } = new AbortController();
  for await (const _event of transport.exchange(request, startMarks(nowUs()), signal));
}
