import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as dial } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Script } from '../../src/scenario/script.ts';
import { type Running, startCli } from '../support/cli.ts';
import { connect, scriptOf, startTestMock } from './mock-server.ts';
import { clientFrame, opcodes, rawConnect, rawPost, UPGRADE } from './raw-frames.ts';

const create = { model: 'greeter', input: 'hi' };
/** A loaded machine takes its time. */
const patient = { timeout: 20_000 };
const wsCreate = JSON.stringify({ type: 'response.create', ...create });
const metricsOf = async (url: string) => (await fetch(new URL('/metrics', url))).text();
/** Says so much that no socket takes it all at once. */
const talker: Script = scriptOf([
  { toolResults: [], user: 'Talk.', model: { text: 'word '.repeat(60_000), calls: [] } },
]);

describe('a client that pipelines', () => {
  it.each([
    ['as many requests as may wait: all are answered', 64, 64],
    ['more: it is closed, unanswered or not', 2000, 64],
  ])('%s', async (_, requests, most) => {
    const { url, port } = await startTestMock();
    const client = rawConnect(port);
    const post = rawPost({ ...create, stream: true });
    client.socket.write(post.repeat(requests));
    if (requests > most) await client.over;
    const answers = () => client.received().split('HTTP/1.1 200').length - 1;
    if (requests <= most) await expect.poll(answers, patient).toBe(requests);
    expect(answers()).toBeLessThanOrEqual(most);
    client.socket.destroy();
    await expect.poll(() => metricsOf(url), patient).toMatch(/_in_flight 1\n/);
  });
});

describe('a client that takes its time over a request is let go, others are served', () => {
  const head = 'POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n';
  it.each<[string, 'off' | 'generated', string, string]>([
    ['half a head', 'off', head, 'a: b\r\n'],
    ['half a body', 'off', `${head}\r\n`, 'x'],
    ['nothing at all', 'off', '', ''],
    ['half a head over TLS', 'generated', head, 'a: b\r\n'],
    ['half a body over TLS', 'generated', `${head}\r\n`, 'x'],
    ['nothing at all over TLS', 'generated', '', ''],
  ])('%s: 408', async (_, kind, first, drip) => {
    const limits = { headersTimeoutMs: 300, requestTimeoutMs: 400 };
    const { url, port } = await startTestMock({ tls: { kind }, limits });
    // Opened before, so that only the slow one is under a limit.
    const other = kind === 'off' ? await connect(url) : undefined;
    const slow = rawConnect(port, { tls: kind === 'generated' });
    slow.socket.write(first);
    const dripping = setInterval(() => slow.socket.write(drip), 50);
    onTestFinished(() => {
      clearInterval(dripping);
    });
    if (other !== undefined) {
      expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
    }
    await slow.over;
    expect(slow.received()).toMatch(/^HTTP\/1\.1 408 /);
    if (other !== undefined) {
      expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
    }
  });

  it('a TLS handshake that is never made', async () => {
    const tls = { kind: 'generated' as const };
    const { port } = await startTestMock({ tls, limits: { headersTimeoutMs: 200 } });
    expect(await rawConnect(port).over).toBe('ended');
  });

  it('a body that never ends over HTTP/2: its stream is reset, the others stay', async () => {
    const tls = { kind: 'generated' as const };
    const { url, ca } = await startTestMock({
      tls,
      limits: { headersTimeoutMs: 300, requestTimeoutMs: 300 },
    });
    const session = connectHttp2(url, { ca });
    onTestFinished(() => {
      session.destroy();
    });
    const slow = session.request({ ':method': 'POST', ':path': '/v1/responses' });
    slow.write('{');
    slow.resume();
    await once(slow, 'close').catch(() => undefined);
    expect(slow.rstCode).not.toBe(0);
    const quick = session.request({ ':path': '/healthz' });
    const [headers] = (await once(quick, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(200);
  });
});

describe('limits of connections', () => {
  it('a head above 32 KiB: 431, and the server stays', async () => {
    const { url, port } = await startTestMock();
    const client = rawConnect(port);
    client.socket.write(
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\na: ${'x'.repeat(40_000)}\r\n\r\n`,
    );
    await client.over;
    expect(client.received()).toMatch(/^HTTP\/1\.1 431 /);
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  it('one connection too many is closed at once; when another goes there is room', async () => {
    const { port } = await startTestMock({ limits: { maxConnections: 2 } });
    const healthz = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answered = async () => {
      const client = rawConnect(port);
      client.socket.write(healthz);
      await Promise.race([once(client.socket, 'data').catch(() => undefined), client.over]);
      return client;
    };
    const [first, second] = [await answered(), await answered()];
    for (const client of [first, second]) expect(client.received()).toContain('200 OK');
    expect((await answered()).received()).toBe('');
    first.socket.destroy();
    await expect.poll(async () => (await answered()).received(), patient).toContain('200 OK');
  });

  it('an idle HTTP connection is closed; one with a request under way is not', async () => {
    const fault = {
      rules: [
        { fault: { kind: 'stall' as const }, name: 'stall', probability: 1, event: 2, call: 1 },
      ],
      seed: 1,
    };
    const { port } = await startTestMock({ fault, limits: { keepAliveTimeoutMs: 100 } });
    const busy = rawConnect(port);
    busy.socket.write(rawPost({ ...create, stream: true }));
    await once(busy.socket, 'data');
    const idle = rawConnect(port);
    idle.socket.write(rawPost(create));
    expect(await idle.over).toBe('ended');
    expect(idle.received()).toContain('200 OK');
    expect(busy.socket.destroyed).toBe(false);
  });

  it('an idle HTTP/2 connection is closed', async () => {
    const tls = { kind: 'generated' as const };
    const { url, ca } = await startTestMock({ tls, limits: { keepAliveTimeoutMs: 100 } });
    const session = connectHttp2(url, { ca });
    session.on('error', () => undefined);
    await once(session, 'close');
  });
});

describe('WebSocket control frames', () => {
  it('a ping is answered with its payload, in the middle of a message too', async () => {
    const { port } = await startTestMock();
    const client = rawConnect(port);
    client.socket.write(UPGRADE);
    await once(client.socket, 'data');
    const half = wsCreate.length / 2;
    client.socket.write(
      Buffer.concat([
        clientFrame(wsCreate.slice(0, half), { fin: false }),
        clientFrame('are you there', { opcode: opcodes.ping }),
        clientFrame('', { opcode: opcodes.continuation, fin: false }),
        clientFrame(wsCreate.slice(half), { opcode: opcodes.continuation }),
      ]),
    );
    await expect.poll(client.received, patient).toContain('response.completed');
    const [beforePong] = client.received().split('\x8a\x0dare you there');
    expect(beforePong).not.toContain('response.created');
    expect(client.received()).toContain('\x8a\x0dare you there');
  });

  it('a client that answers no ping is let go; one that does stays', async () => {
    const { url, port } = await startTestMock({ limits: { pingIntervalMs: 500 } });
    const other = await connect(url);
    const silent = rawConnect(port);
    silent.socket.write(UPGRADE);
    await silent.over;
    expect(silent.received()).toContain('101 Switching');
    expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
  });

  it.each<[string, Buffer, number]>([
    ['a frame without a mask', Buffer.from([0x81, 0x01, 0x78]), 1002],
    ['a reserved bit', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
    ['an unknown opcode', clientFrame('', { opcode: 3 }), 1002],
    ['a ping in pieces', clientFrame('', { opcode: opcodes.ping, fin: false }), 1002],
    ['a ping too long', clientFrame('x'.repeat(126), { opcode: opcodes.ping }), 1002],
    ['a continuation of nothing', clientFrame('x', { opcode: opcodes.continuation }), 1002],
    ['text that is no UTF-8', clientFrame(Buffer.from([0xff])), 1007],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
  ])('%s closes the connection with %#', async (_, bytes, code) => {
    const { port } = await startTestMock();
    const client = rawConnect(port);
    client.socket.write(UPGRADE);
    await once(client.socket, 'data');
    client.socket.write(bytes);
    await client.over;
    const frame = Buffer.from(client.received(), 'latin1');
    const at = frame.indexOf('\r\n\r\n') + 4;
    expect([frame[at], frame.readUInt16BE(at + 2)]).toEqual([0x88, code]);
  });
});

describe('a client that does not read', () => {
  /** What waits on the client's own side once the server takes no more: the same over several of another's turns. */
  async function settled(waiting: () => number, turn: () => Promise<unknown>): Promise<number> {
    for (let same = 0, before = -1; ; before = waiting()) {
      await turn();
      same = waiting() === before ? same + 1 : 0;
      if (same === 10) return before;
    }
  }

  it.each<[string, () => Buffer]>([
    ['creates', () => clientFrame(wsCreate)],
    ['nonsense', () => clientFrame('{'.repeat(100))],
  ])('and sends %s without end is no longer read itself', async (_, frame) => {
    const { url, port } = await startTestMock();
    const other = await connect(url);
    const lazy = rawConnect(port);
    lazy.socket.write(UPGRADE);
    await once(lazy.socket, 'data');
    lazy.socket.pause();
    const one = frame();
    const many = Buffer.concat(Array.from({ length: Math.ceil(2 ** 19 / one.length) }, () => one));
    for (let sent = 0; sent < 60; sent++) lazy.socket.write(many);
    const left = await settled(
      () => lazy.socket.writableLength,
      () => other.create(create),
    );
    expect(left).toBeGreaterThan(0);
  });

  it('nor the answers to its pings is let go', async () => {
    const { url, port } = await startTestMock();
    const lazy = rawConnect(port);
    lazy.socket.write(UPGRADE);
    await once(lazy.socket, 'data');
    lazy.socket.pause();
    const ping = clientFrame('x'.repeat(125), { opcode: opcodes.ping });
    const many = Buffer.concat(Array.from({ length: 4000 }, () => ping));
    for (let sent = 0; sent < 60; sent++) lazy.socket.write(many);
    await lazy.over;
    expect((await (await connect(url)).create(create)).at(-1)?.type).toBe('response.completed');
  });

  it('is let go after two pings’ time', async () => {
    const limits = { pingIntervalMs: 300 };
    const { url, port } = await startTestMock({
      script: { kind: 'script', script: talker },
      limits,
    });
    const lazy = rawConnect(port);
    lazy.socket.write(UPGRADE);
    await once(lazy.socket, 'data');
    lazy.socket.pause();
    for (let sent = 0; sent < 8; sent++) lazy.socket.write(clientFrame(wsCreate));
    await expect.poll(() => metricsOf(url), patient).toMatch(/mock_websockets 0\n/);
  });

  it('over HTTP holds up nobody, and gets everything in the end', async () => {
    const { url, port } = await startTestMock({ script: { kind: 'script', script: talker } });
    const lazy = rawConnect(port);
    lazy.socket.pause();
    lazy.socket.write(rawPost({ ...create, stream: true }));
    const other = await connect(url);
    expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
    expect(await metricsOf(url)).toMatch(/mock_in_flight 2\n/);
    lazy.socket.resume();
    await expect.poll(() => lazy.received().slice(-20), patient).toContain('[DONE]');
  });
});

it('requests that wait behind one that never ends go with their connection', async () => {
  const fault = { kind: 'stall' as const };
  const rules = [{ fault, name: 'stall', probability: 1, event: 2, call: 1 }];
  const { url, port } = await startTestMock({ fault: { rules, seed: 1 } });
  const client = rawConnect(port);
  const stream = rawPost({ ...create, stream: true });
  client.socket.write(stream.repeat(5));
  await expect.poll(() => metricsOf(url), patient).toMatch(/mock_in_flight 6\n/);
  client.socket.destroy();
  await expect.poll(() => metricsOf(url), patient).toMatch(/mock_in_flight 1\n/);
});

it('a body of fifty thousand one-byte chunks is read as any other', async () => {
  const { port } = await startTestMock();
  const client = rawConnect(port);
  const json = JSON.stringify({ ...create, input: 'x'.repeat(50_000) });
  client.socket.write(
    'POST /v1/responses HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  client.socket.write(json.replace(/./g, '1\r\n$&\r\n'));
  client.socket.write('0\r\n\r\n');
  await expect.poll(client.received, patient).toMatch(/^HTTP\/1\.1 200 /);
});

describe.concurrent('serve as it is started', () => {
  async function serve(
    ...args: string[]
  ): Promise<{ running: Running; url: string; port: number }> {
    const running = await startCli(['serve', '--port', '0', '--profile', 'instant', ...args], {
      env: { MOCK_KEY: 'sk-right' },
    });
    const url = (await running.line(/^listening on /)).replace('listening on ', '');
    return { running, url, port: Number(new URL(url).port) };
  }

  /** The code of the error that a connection to that address meets, if it does. */
  async function dialled(port: number, host: string): Promise<string> {
    const socket = dial(port, host);
    try {
      await once(socket, 'connect');
      return 'connected';
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    } finally {
      socket.destroy();
    }
  }

  it('listens on loopback only, unless told', async () => {
    const shy = await serve();
    expect(new URL(shy.url).hostname).toBe('127.0.0.1');
    expect(await dialled(shy.port, '127.0.0.2')).toBe('ECONNREFUSED');
    const open = await serve('--host', '0.0.0.0');
    expect(await dialled(open.port, '127.0.0.2')).toBe('connected');
  });

  it('demands the key that it was given, for everything but its health', async () => {
    const { url, running } = await serve('--api-key-env', 'MOCK_KEY');
    const status = async (path: string, key?: string) => {
      const headers: Record<string, string> = key === undefined ? {} : { authorization: key };
      return (await fetch(new URL(path, url), { headers })).status;
    };
    expect(await status('/healthz')).toBe(200);
    for (const path of ['/metrics', '/v1/responses/resp_x', '/debug/faults']) {
      expect(await status(path)).toBe(401);
      expect(await status(path, 'Bearer sk-wrong')).toBe(401);
    }
    expect(await status('/metrics', 'Bearer sk-right')).toBe(200);
    process.kill(running.pid, 'SIGTERM');
    const { stdout, stderr } = await running.finished;
    expect(stdout + stderr).not.toContain('sk-');
  });

  it.each<[string, string, string]>([
    ['an event stream', rawPost({ model: 'chat', input: 'hi', stream: true }), ''],
    [
      'a WebSocket',
      UPGRADE,
      clientFrame('{"type":"response.create","model":"chat","input":"hi"}').toString('latin1'),
    ],
  ])('SIGTERM: %s under way ends, nobody new comes in, exit code 0', async (_, first, second) => {
    const { running, port } = await serve('--fault', 'stall:2500ms@event3');
    const client = rawConnect(port);
    client.socket.write(first);
    await once(client.socket, 'data');
    client.socket.write(second, 'latin1');
    await expect.poll(client.received, patient).toContain('response.in_progress');
    process.kill(running.pid, 'SIGTERM');
    await expect.poll(() => dialled(port, '127.0.0.1'), patient).toBe('ECONNREFUSED');
    await client.over;
    expect(client.received()).toContain('"type":"response.completed"');
    expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('SIGTERM: what never ends is cut at a deadline, exit code 0', async () => {
    const { running, port } = await serve('--fault', 'stall');
    const client = rawConnect(port);
    client.socket.write(rawPost({ model: 'chat', input: 'hi', stream: true }));
    await expect.poll(client.received, patient).toContain('response.in_progress');
    process.kill(running.pid, 'SIGTERM');
    expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
    await client.over;
    expect(client.received()).not.toContain('response.completed');
  });

  it('a second SIGTERM ends it at once, with the exit code of an interrupt', async () => {
    const { running, port } = await serve('--fault', 'stall');
    const client = rawConnect(port);
    client.socket.write(rawPost({ model: 'chat', input: 'hi', stream: true }));
    await expect.poll(client.received, patient).toContain('response.in_progress');
    process.kill(running.pid, 'SIGTERM');
    await expect.poll(() => dialled(port, '127.0.0.1'), patient).toBe('ECONNREFUSED');
    process.kill(running.pid, 'SIGTERM');
    expect((await running.finished).code).toBe(130);
  });

  it.each([
    ['--fault', 'explode', /--fault: "explode": expected an HTTP status/],
    ['--fault', '429:nope', /--fault: "429:nope": .*documented code of 429 \(rate_limit_exceeded/],
    ['--fault', '503,reset:1', /--fault: "reset:1": reset takes no argument/],
    ['--fault', '503@noon', /--fault: "503@noon": expected @<probability/],
  ])('%s %s: exit code 2 and one message that names it', async (flag, spec, message) => {
    const { finished } = await startCli(['serve', flag, spec]);
    const { code, stderr } = await finished;
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
