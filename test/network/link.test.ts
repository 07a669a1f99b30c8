import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { nowUs } from '../../src/measure/clock.ts';
import { closeSocket } from '../../src/network/close.ts';
import { type Connection, dial } from '../../src/network/dial.ts';
import { createLink, type Link } from '../../src/network/link.ts';
import { createPath, offer } from '../../src/network/link-model.ts';
import type { linkPresets } from '../../src/network/link-presets.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { type StrangeServer, tcpServerForTest, tlsServerForTest } from '../support/servers.ts';

describe('data', () => {
  it.each([
    { why: 'plain, with jitter', tls: false, link: { ...plainLink(8), jitterMs: 3 } },
    { why: 'TLS, where overtaking is fatal', tls: true, link: { ...plainLink(8), jitterMs: 3 } },
    { why: 'narrow', tls: true, link: { ...plainLink(2), bandwidthBitsPerSecond: 100e6 } },
    { why: 'no slow start', tls: true, link: { ...plainLink(8), slowStart: false } },
    { why: 'no delay', tls: true, link: plainLink(0) },
  ])('arrives whole both ways, in pieces of any size: $why', async ({ tls, link }) => {
    const server = tls ? await tlsServerForTest(echo) : await tcpServerForTest(echo);
    const { socket } = await open(server, createLink(link, 7));
    const sent = createHash('sha256');
    const received = createHash('sha256');
    let receivedBytes = 0;
    socket.on('data', (data: Buffer) => {
      received.update(data);
      receivedBytes += data.byteLength;
    });

    let sentBytes = 0;
    for (let size = 1; sentBytes < 2_000_000; size = (size * 7919) % 100_003) {
      const piece = randomBytes(size);
      sent.update(piece);
      sentBytes += size;
      if (!socket.write(piece)) await once(socket, 'drain');
    }
    socket.end();
    await once(socket, 'close');

    expect(receivedBytes).toBe(sentBytes);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('reaches the server when the model says, through slow start', async () => {
    const settings = plainLink(30);
    const bodyBytes = 200_000;
    const arrived = later<number>();
    const server = await tcpServerForTest((socket) => {
      let bytes = 0;
      socket.on('data', (data) => {
        bytes += data.byteLength;
        if (bytes === bodyBytes) arrived.resolve(nowUs());
      });
    });
    const connection = await open(server, createLink(settings, 1));

    const startUs = nowUs();
    connection.socket.write(Buffer.alloc(bodyBytes));
    const arrivedUs = await arrived.promise;
    const deliveredUs = connection.deliveredUs();

    const chunks = offer(createPath(settings), settings, 0, bodyBytes, () => 0);
    const predictedUs = (chunks.at(-1)?.dueMs ?? NaN) * 1000;
    expect(deliveredUs - startUs).toBeGreaterThanOrEqual(predictedUs);
    expect(deliveredUs - startUs).toBeLessThan(predictedUs + settings.rttMs * 1000);
    expect(arrivedUs).toBeGreaterThanOrEqual(deliveredUs);
    await closeSocket(connection.socket);
  });

  it('is lost once nothing was for too long, either way, and neither side is told', async () => {
    const cutIdleMs = 300;
    const atServer = later<Socket>();
    const server = await tcpServerForTest((socket) => {
      atServer.resolve(socket);
      echo(socket);
    });
    const { socket } = await open(server, createLink({ ...plainLink(0), cutIdleMs }, 1));
    let received = '';
    socket.on('data', (data: Buffer) => {
      received += data.toString();
    });
    socket.write('a');
    await once(socket, 'data');
    await sleep(cutIdleMs + 50);

    const far = await atServer.promise;
    const ends = Promise.race([once(socket, 'close'), once(socket, 'end')]);
    expect(socket.write('b')).toBe(true);
    far.write('c');
    far.end();
    expect(await Promise.race([ends, sleep(100, 'silence')])).toBe('silence');
    expect(received).toBe('a');
    expect(far.bytesRead).toBe(1);
    await closeSocket(socket);
    expect(socket.destroyed).toBe(true);
  });

  it('keeps the order of every one of 50 sessions at once', async () => {
    const server = await tlsServerForTest(echo);
    const link = createLink({ ...plainLink(10), jitterMs: 5 }, 3);

    const sessions = Array.from({ length: 50 }, async (_, session) => {
      const { socket } = await open(server, link);
      let answers = '';
      socket.on('data', (data: Buffer) => {
        answers += data.toString();
      });
      let expected = '';
      for (let message = 0; message < 10; message++) {
        const text = `${session}:${message};`;
        expected += text;
        socket.write(text);
        await sleep(1);
      }
      socket.end();
      await once(socket, 'close');
      return { answers, expected };
    });

    for (const { answers, expected } of await Promise.all(sessions)) expect(answers).toBe(expected);
  });
});

describe('jitter', () => {
  it('follows from the seed and the number of the connection', async () => {
    const [first, again, other] = [await delaysMs(5), await delaysMs(5), await delaysMs(6)];

    for (const [index, delay] of first.entries()) expect(again[index]).toBeCloseTo(delay, -1);
    expect(distance(first, other)).toBeGreaterThan(20);
    expect(Math.abs((first[0] ?? 0) - (first[1] ?? 0))).toBeGreaterThan(10);
  });

  /** How long one byte took on each of three connections. */
  async function delaysMs(seed: number): Promise<number[]> {
    const server = await tcpServerForTest(echo);
    const link = createLink({ ...plainLink(2), jitterMs: 200 }, seed);
    const delays: number[] = [];
    for (let number = 0; number < 3; number++) {
      const connection = await open(server, link);
      const startUs = nowUs();
      connection.socket.write('x');
      await once(connection.socket, 'data');
      delays.push((connection.deliveredUs() - startUs) / 1000);
      connection.socket.destroy();
    }
    return delays;
  }

  function distance(a: readonly number[], b: readonly number[]): number {
    return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))));
  }
});

describe('the end', () => {
  it('comes after the data, on either side', async () => {
    const heard = later<number>();
    const server = await tcpServerForTest((socket) => {
      let bytes = 0;
      socket.on('data', (data) => {
        bytes += data.byteLength;
      });
      socket.on('end', () => {
        heard.resolve(bytes);
      });
      socket.end(Buffer.alloc(100_000));
    });
    const { socket } = await open(server, createLink(plainLink(10), 1));
    let received = 0;
    socket.on('data', (data: Buffer) => {
      received += data.byteLength;
    });

    socket.end(Buffer.alloc(150_000));
    await once(socket, 'close');

    expect(received).toBe(100_000);
    expect(await heard.promise).toBe(150_000);
  });

  it('of a socket that the server resets is an error, after the data', async () => {
    const server = await tcpServerForTest((socket) => {
      socket.write('half an answer');
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { socket } = await open(server, createLink(plainLink(10), 1));
    const received = once(socket, 'data');

    socket.write('x');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];

    expect(error.code).toBe('ECONNRESET');
    expect(String((await received)[0])).toBe('half an answer');
  });

  it.each([
    { why: 'plain', tls: false },
    { why: 'TLS', tls: true },
  ])('cut in the middle of a transfer leaves no timer and no socket: $why', async ({ tls }) => {
    const before = resources();
    const server = tls ? await tlsServerForTest(echo) : await tcpServerForTest(echo);
    const { socket } = await open(server, createLink(plainLink(20), 1));
    socket.on('error', () => undefined).write(Buffer.alloc(3_000_000));
    await once(socket, 'data');

    socket.destroy();
    await once(socket, 'close');

    await nothingLeft(server, before);
  });

  it('of the handshake by its signal leaves no timer and no socket', async () => {
    const before = resources();
    const server = await tcpServerForTest(echo);
    const abort = new AbortController();

    const dialled = open(server, createLink(plainLink(5000), 1), abort.signal);
    while (server.open === 0) await sleep(1);
    abort.abort(new Error('enough'));

    await expect(dialled).rejects.toThrow('enough');
    await nothingLeft(server, before);
  });

  it('during the TLS handshake is the failure of that phase', async () => {
    const { port } = await tcpServerForTest((socket) => {
      socket.destroy();
    });
    const target = { host: '127.0.0.1', port, link: createLink(plainLink(20), 1) };

    const dialled = dial(
      { ...target, tls: { verify: false, alpn: 'http/1.1' } },
      new AbortController().signal,
    );

    await expect(dialled).rejects.toMatchObject({ name: 'DialError', phase: 'tls' });
  });
});

describe('backpressure', () => {
  const BYTES = 32 * 1024 * 1024;

  it('holds the writer while the server does not read', async () => {
    const accepted = later<Socket>();
    const server = await tcpServerForTest((socket) => {
      socket.pause();
      accepted.resolve(socket);
    });
    const { socket } = await open(server, createLink(fastLink(), 1));
    const last = { written: false };
    for (let bytes = 0; bytes < BYTES; bytes += 65_536) socket.write(Buffer.alloc(65_536));
    socket.write('.', () => {
      last.written = true;
    });

    await sleep(100);
    expect(last.written).toBe(false);

    (await accepted.promise).resume();
    while (!last.written) await sleep(1);
    await closeSocket(socket);
  });

  it('holds the server while the reader does not read', async () => {
    let sent = false;
    const server = await tcpServerForTest((socket) => {
      socket.write(Buffer.alloc(BYTES), () => {
        sent = true;
      });
    });
    const { socket } = await open(server, createLink(fastLink(), 1));

    await sleep(100);
    expect(sent).toBe(false);

    let received = 0;
    socket.on('data', (data: Buffer) => {
      received += data.byteLength;
    });
    while (received < BYTES) await sleep(1);
    expect(sent).toBe(true);
    await closeSocket(socket);
  });

  function fastLink(): typeof linkPresets.lan {
    return { ...plainLink(1), slowStart: false };
  }
});

describe('settings', () => {
  it.each([
    { wrong: { rttMs: -1 }, message: 'link rttMs: expected milliseconds from 0 to 60000, got -1' },
    {
      wrong: { rttMs: NaN },
      message: 'link rttMs: expected milliseconds from 0 to 60000, got NaN',
    },
    { wrong: { jitterMs: Infinity }, message: 'link jitterMs' },
    { wrong: { rttMs: 3_600_000 }, message: 'link rttMs: expected milliseconds from 0 to 60000' },
    { wrong: { bandwidthBitsPerSecond: 0 }, message: 'link bandwidthBitsPerSecond' },
    { wrong: { receiveWindowBytes: 1000 }, message: 'link receiveWindowBytes' },
  ])('$wrong is refused', ({ wrong, message }) => {
    const create = (): Link => createLink({ ...plainLink(10), ...wrong }, 1);

    expect(create).toThrow(UsageError);
    expect(create).toThrow(message);
  });
});

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}

function echo(socket: Socket): void {
  socket.on('error', () => undefined).pipe(socket);
}

function open(
  server: StrangeServer & { ca?: string },
  link: Link,
  signal = new AbortController().signal,
): Promise<Connection> {
  const { port, ca } = server;
  const tls = ca === undefined ? undefined : { ca, verify: true, alpn: 'http/1.1' as const };
  return dial({ host: '127.0.0.1', port, link, ...(tls && { tls }) }, signal);
}

/** Fails unless the sockets and timers that this process has beyond those before, but for the server's own, are soon gone. */
async function nothingLeft(server: StrangeServer, before: readonly string[]): Promise<void> {
  let left: string[] = [];
  for (let turn = 0; turn < 200; turn++) {
    await sleep(5);
    left = resources();
    if (server.open === 0 && left.length <= before.length) return;
  }
  expect.fail(`still there: ${left.join(', ')}, ${server.open} at the server`);
}

/** Sockets and timers of the whole process: other test files may have left some. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => ['Timeout', 'Immediate', 'TCPSocketWrap'].includes(name));
}
