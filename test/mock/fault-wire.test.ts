import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import { connect, type Frame, startTestMock } from './mock-server.ts';
import { clientFrame, rawConnect, rawPost, UPGRADE } from './raw-frames.ts';

const create = { model: 'greeter', input: 'hi' };
/** A loaded machine takes its time. */
const patient = { timeout: 20_000 };
const wsCreate = { type: 'response.create', ...create };
const MIB = 1024 ** 2;

const start = (spec: string, options: Partial<MockOptions> = {}, seed = 1) =>
  startTestMock({ fault: { rules: parseFaults(spec, '--fault'), seed }, ...options });

const post = (url: string, fields: object = {}) =>
  fetch(`${url}/responses`, { method: 'POST', body: JSON.stringify({ ...create, ...fields }) });

/** The data of every event of a stream, as text. */
async function eventsOf(response: Response): Promise<string[]> {
  const lines = (await response.text()).split('\n');
  return lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Every message of a create over a WebSocket that takes any, up to the terminal one. */
async function messagesOf(url: string): Promise<string[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/responses`);
  onTestFinished(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  socket.send(JSON.stringify(wsCreate));
  const messages: string[] = [];
  for await (const [data] of events(socket)) {
    messages.push((data as Buffer).toString());
    if (messages.at(-1)?.startsWith('{"type":"response.completed"') === true) break;
  }
  return messages;
}

async function* events(socket: WebSocket): AsyncGenerator<unknown[]> {
  const waiting: unknown[][] = [];
  let wake = (): void => undefined;
  socket.on('message', (...args: unknown[]) => {
    waiting.push(args);
    wake();
  });
  for (;;) {
    const next = waiting.shift();
    if (next !== undefined) yield next;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

const inFlight = async (url: string) => (await fetch(new URL('/metrics', url))).text();

describe('reset is a TCP reset, not an end', () => {
  const plain = { tls: { kind: 'off' as const } };
  const secure = { tls: { kind: 'generated' as const } };
  const stream = rawPost({ ...create, stream: true });
  const message = clientFrame(JSON.stringify(wsCreate));
  const health = 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n';
  it.each([
    ['an event stream', plain, health, stream],
    ['a whole body', plain, health, rawPost(create)],
    ['a request that waits behind another one', plain, health, rawPost(create) + stream],
    ['a WebSocket', plain, UPGRADE, message],
    ['an event stream over TLS', secure, health, stream],
    ['a WebSocket over TLS', secure, UPGRADE, message],
  ])('%s', async (_, options, first, second) => {
    // Before any event: data that comes together with the reset would hide it from Node's sockets, as an end.
    const { port } = await start('reset@event0', options);
    const client = rawConnect(port, { tls: options === secure });
    client.socket.write(first);
    await once(client.socket, 'data');
    client.socket.write(second);
    expect(await client.over).toBe('ECONNRESET');
  });

  it('over HTTP/2 it takes the stream, and leaves the others their connection', async () => {
    const { url, ca } = await start('reset@event3@call1', { tls: { kind: 'generated' } });
    const session = connectHttp2(url, { ca });
    onTestFinished(() => {
      session.destroy();
    });
    const request = () => {
      const stream = session.request({ ':method': 'POST', ':path': '/v1/responses' });
      stream.end(JSON.stringify({ ...create, stream: true }));
      return stream.setEncoding('utf8');
    };
    const broken = request();
    let text = '';
    broken.on('data', (chunk: string) => (text += chunk));
    await expect(once(broken, 'close')).rejects.toThrow(/INTERNAL_ERROR/);
    expect(broken.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    expect(text).not.toContain('response.completed');
    let whole = '';
    for await (const chunk of request()) whole += String(chunk);
    expect(whole).toContain('[DONE]');
  });
});

describe('stall', () => {
  it('for good: what was out is out, nothing follows, and others are served', async () => {
    const { url, port } = await start('stall@event3@call1@ws,stall@event3@call1@http');
    const client = await connect(url);
    client.send(wsCreate);
    const frames: Frame[] = [];
    while (frames.length < 3) frames.push(await client.next());
    const http = rawConnect(port);
    http.socket.write(rawPost({ ...create, stream: true }));
    await expect.poll(http.received, patient).toContain('"sequence_number":2');

    const late = client.next();
    for (let served = 0; served < 5; served++) {
      const other = await connect(url);
      expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
      expect((await post(url)).status).toBe(200);
    }
    expect(await Promise.race([late, Promise.resolve('nothing')])).toBe('nothing');
    expect(http.received()).not.toContain('"sequence_number":3');
    expect(http.socket.destroyed).toBe(false);

    expect(await inFlight(url)).toMatch(/mock_in_flight 3\n/);
    client.socket.terminate();
    http.socket.destroy();
    await expect.poll(() => inFlight(url), patient).toMatch(/mock_in_flight 1\n/);
  });

  it('for a time: the rest comes that much later, whole', async () => {
    const { url } = await start('stall:120ms@event3');
    for (const fields of [{ stream: true }, { stream: false }]) {
      const sentAt = performance.now();
      const text = await (await post(url, fields)).text();
      expect(performance.now() - sentAt).toBeGreaterThanOrEqual(119);
      expect(text).toContain('"completed"');
    }
    const client = await connect(url);
    const sentAt = performance.now();
    const frames = await client.create(create);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(119);
    expect(frames.map((frame) => frame['sequence_number'])).toEqual([...frames.keys()]);
  });

  it('holds up the other lanes of its connection no more than other connections', async () => {
    const { url } = await start('stall@event3@call1');
    const client = await connect(url);
    client.send({ ...wsCreate, stream_id: 'stuck' });
    for (let event = 0; event < 3; event++) await client.next();
    const frames = await client.create({ ...create, stream_id: 'free' });
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed', stream_id: 'free' });
  });
});

it.each<[string, (text: string) => boolean]>([
  ['garbage', (text) => !isJson(text)],
  ['oversize', (text) => Buffer.byteLength(text) > 16 * MIB],
])('%s: one message among good ones on both transports; a whole body', async (spec, isBroken) => {
  const { url } = await start(`${spec}@event3`);
  for (const messages of [
    (await eventsOf(await post(url, { stream: true }))).slice(0, -1),
    await messagesOf(url),
  ]) {
    expect(messages.map(isBroken).indexOf(true)).toBe(3);
    expect(messages.filter(isBroken)).toHaveLength(1);
    expect(messages.at(-1)).toContain('response.completed');
  }
  expect(isBroken(await (await post(url)).text())).toBe(true);
});

it('oversize breaks a client that takes 16 MiB at most, with 1009', async () => {
  const { port } = await start('oversize');
  const url = `ws://127.0.0.1:${port}/v1/responses`;
  const socket = new WebSocket(url, { maxPayload: 16 * MIB });
  await once(socket, 'open');
  const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
  const closed = once(socket, 'close').catch(() => undefined);
  socket.send(JSON.stringify(wsCreate));
  expect((await failed)[0].code).toBe('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
  await closed;
});

describe('slow-read', () => {
  it('a create waits unread; others are served', async () => {
    const { url } = await start('slow-read:1h@call1@ws,slow-read:1h@call1@http');
    const slow = await connect(url);
    slow.send(wsCreate);
    slow.send(wsCreate);
    const controller = new AbortController();
    const slowPost = fetch(`${url}/responses`, {
      method: 'POST',
      body: JSON.stringify(create),
      signal: controller.signal,
    });
    const frame = slow.next();
    await expect.poll(() => inFlight(url), patient).toMatch(/injected_total.*http"} 1\n/);
    for (let served = 0; served < 3; served++) {
      const other = await connect(url);
      expect((await other.create(create)).at(-1)?.type).toBe('response.completed');
      expect((await post(url)).status).toBe(200);
    }
    const nothing = Promise.resolve('nothing');
    expect(await Promise.race([frame, slowPost, nothing])).toBe('nothing');
    controller.abort();
    await expect(slowPost).rejects.toThrow();
  });

  it('nothing of that connection is read meanwhile: the client’s bytes pile up on its own side', async () => {
    const { url } = await start('slow-read:1h');
    const { socket } = await connect(url);
    for (let sent = 0; sent < 8; sent++) socket.send('x'.repeat(4 * MIB));
    const other = await connect(url);
    other.socket.ping();
    await once(other.socket, 'pong');
    expect(socket.bufferedAmount).toBeGreaterThan(8 * MIB);
  });

  it('in the end it is read, in its order', async () => {
    const { url } = await start('slow-read:60ms');
    const client = await connect(url);
    const sentAt = performance.now();
    for (const index of ['0', '1', '2']) client.send({ ...wsCreate, metadata: { index } });
    const seen: string[] = [];
    while (seen.length < 3) {
      const { type, response } = await client.next();
      if (type !== 'response.completed') continue;
      seen.push((response as { metadata: { index: string } }).metadata.index);
    }
    expect(seen).toEqual(['0', '1', '2']);
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(3 * 59);
    const postedAt = performance.now();
    expect((await post(url)).status).toBe(200);
    expect(performance.now() - postedAt).toBeGreaterThanOrEqual(59);
  });
});

it('upgrade:hang says nothing, serves the others, and lets go of a client that leaves', async () => {
  const { url, port } = await start('upgrade:hang@call1');
  const hung = rawConnect(port);
  hung.socket.write(UPGRADE);
  await expect.poll(() => inFlight(url), patient).toMatch(/kind="upgrade",transport="ws"} 1\n/);
  expect((await post(url)).status).toBe(200);
  expect((await (await connect(url)).create(create)).at(-1)?.type).toBe('response.completed');
  expect(hung.received()).toBe('');
  hung.socket.end('bytes that nobody asked for');
  expect(await hung.over).toBe('ended');
});

describe('the same seed, the same faults', () => {
  const spec = '503@0.2,429@0.1,fail@0.2,garbage@0.1';
  async function outcomes(seed: number, transport: 'http' | 'ws'): Promise<string[]> {
    const { url } = await start(spec, {}, seed);
    const seen: string[] = [];
    if (transport === 'http') {
      while (seen.length < 40) {
        const response = await post(url);
        const text = await response.text();
        const { status } = (isJson(text) ? JSON.parse(text) : { status: 'garbage' }) as {
          status?: string;
        };
        seen.push(`${response.status} ${status}`);
      }
      return seen;
    }
    const socket = new WebSocket(`${url.replace('http', 'ws')}/responses`);
    onTestFinished(() => {
      socket.terminate();
    });
    await once(socket, 'open');
    for (let sent = 0; sent < 40; sent++) socket.send(JSON.stringify(wsCreate));
    let ends = 0;
    for await (const [data] of events(socket)) {
      const text = (data as Buffer).toString();
      const frame = (isJson(text) ? JSON.parse(text) : { type: 'garbage' }) as Frame;
      seen.push(`${frame.type} ${String(frame['status'])}`);
      if (/^(error|response\.(completed|failed))$/.test(frame.type)) ends++;
      if (ends === 40) return seen;
    }
    return seen;
  }

  it.each(['http', 'ws'] as const)('over %s', async (transport) => {
    const once = await outcomes(7, transport);
    expect(await outcomes(7, transport)).toEqual(once);
    expect(await outcomes(8, transport)).not.toEqual(once);
    expect(new Set(once).size).toBeGreaterThan(3);
  });
});

describe('every fault is counted and stamped when it is done', () => {
  const viaHttp = async (url: string) => {
    const response = await post(url, { stream: true });
    await response.text().catch(() => undefined);
  };
  /** Sends a create; returns at the first fault that shows, or at the end. */
  const viaWs = async (url: string) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/responses`);
    onTestFinished(() => {
      socket.terminate();
    });
    await new Promise<void>((resolve) => {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve();
      });
      socket.on('open', () => {
        socket.send(JSON.stringify(wsCreate));
      });
      socket.on('message', (data: Buffer) => {
        if (/^{"type":"(response\.(completed|failed)|error)"/.test(data.toString())) resolve();
      });
    });
  };
  const untilClosed = async (url: string) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/responses`);
    await once(socket, 'close');
  };
  it.each([
    ['503', '503', 'http', viaHttp],
    ['503', '503', 'ws', viaWs],
    ['429:1s', '429', 'http', viaHttp],
    ['reset', 'reset', 'http', viaHttp],
    ['reset', 'reset', 'ws', viaWs],
    ['reset@event0', 'reset', 'ws', viaWs],
    ['stall:1ms', 'stall', 'http', viaHttp],
    ['stall:1ms@event0', 'stall', 'ws', viaWs],
    ['garbage', 'garbage', 'http', viaHttp],
    ['garbage', 'garbage', 'ws', viaWs],
    ['oversize', 'oversize', 'ws', viaWs],
    ['fail', 'fail', 'http', viaHttp],
    ['fail', 'fail', 'ws', viaWs],
    ['close:1013', 'close', 'ws', viaWs],
    ['age:1ms', 'age', 'ws', untilClosed],
    ['forget', 'forget', 'ws', viaWs],
    ['slow-read:1ms', 'slow-read', 'http', viaHttp],
    ['slow-read:1ms', 'slow-read', 'ws', viaWs],
    ['upgrade:426', 'upgrade', 'ws', viaWs],
  ] as const)('%s (%s over %s)', async (spec, kind, transport, act) => {
    const { url } = await start(`${spec}@call1`);
    const read = async () =>
      (await fetch(new URL('/debug/faults', url))).json() as Promise<{
        total: number;
        faults: { kind: string; transport: string; unixMs: number; monotonicUs: number }[];
      }>;
    expect(await read()).toEqual({ total: 0, faults: [] });
    const nowUs = () => Number(process.hrtime.bigint() / 1000n);
    const before = { unixMs: Date.now(), monotonicUs: nowUs() };
    await act(url);
    const { total, faults } = await read();
    const [fault] = faults;
    expect(total).toBe(1);
    expect(fault).toMatchObject({ kind, transport });
    expect(fault?.monotonicUs).toBeGreaterThanOrEqual(before.monotonicUs);
    expect(fault?.monotonicUs).toBeLessThanOrEqual(nowUs());
    expect(Math.abs((fault?.unixMs ?? 0) - before.unixMs)).toBeLessThan(3_600_000);
    expect(await inFlight(url)).toContain(
      `faults_injected_total{kind="${kind}",transport="${transport}"} 1\n`,
    );
  });

  it('one that was drawn, but whose moment never came, is none', async () => {
    const slow = { ...profiles.fast, prefill: { fixedMs: 600_000, source: 'assumed: test' } };
    const { url } = await start('reset@event3', { profile: slow });
    const client = await connect(url);
    client.send(wsCreate);
    await client.next();
    client.socket.terminate();
    await expect.poll(() => inFlight(url), patient).toMatch(/mock_in_flight 1\n/);
    const { total } = (await (await fetch(new URL('/debug/faults', url))).json()) as {
      total: number;
    };
    expect(total).toBe(0);
  });

  it('a server that was not told to fail has no such page; with a key, it takes the key', async () => {
    const { url } = await startTestMock();
    expect((await fetch(new URL('/debug/faults', url))).status).toBe(404);
    const guarded = await start('503', { apiKey: 'sk-right' });
    const page = new URL('/debug/faults', guarded.url);
    expect((await fetch(page)).status).toBe(401);
    const headers = { authorization: 'Bearer sk-right' };
    expect((await fetch(page, { headers })).status).toBe(200);
  });
});
