import { on, once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import OpenAI from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { plannedTraffic } from '../../src/app/planned-traffic.ts';
import { type Recording, startRecording } from '../../src/app/record/record.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { atEnd } from '../support/cleanup.ts';
import { callCli, startCli } from '../support/cli.ts';
import { mockForTest } from '../support/mock.ts';

const MARKER = 'planted-secret-words';
const KEY = 'sk-planted-secret-key';

async function recordBefore(url: string, options: { tls?: boolean } = {}): Promise<Recording> {
  const recording = await startRecording({ url, port: 0, name: 'recorded', ...options });
  let stopped = false;
  const stop = recording.stop.bind(recording);
  atEnd(async () => {
    if (!stopped) await stop();
  });
  return {
    ...recording,
    stop() {
      stopped = true;
      return stop();
    },
  };
}

const toolLoop = { script: { kind: 'tool-loop', calls: 3, parallel: 1 } } as const;
const tools = [
  {
    type: 'function' as const,
    name: 'lookup',
    description: `${MARKER} ${'d'.repeat(2000)}`,
    strict: false,
    parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
];

/** An agent on the openai package; resolves to the bytes of each request. */
async function runAgent(baseURL: string, toolMs = 30): Promise<number[]> {
  const sent: number[] = [];
  const client = new OpenAI({
    baseURL,
    apiKey: KEY,
    fetch: (url, init) => {
      sent.push(Buffer.byteLength(init?.body as string));
      return fetch(url, init);
    },
  });
  const input: ResponseInputItem[] = [
    { role: 'developer', content: `${MARKER} `.repeat(60) },
    { role: 'user', content: `${MARKER}\nplease` },
  ];
  for (;;) {
    const stream = await client.responses.create({ model: 'x', input, tools, stream: true });
    let calls = 0;
    for await (const event of stream) {
      if (event.type !== 'response.completed') continue;
      for (const item of event.response.output) {
        input.push(item as ResponseInputItem);
        if (item.type !== 'function_call') continue;
        calls += 1;
        const output = `${MARKER}\n"line"\n`.repeat(30);
        input.push({ type: 'function_call_output', call_id: item.call_id, output });
      }
    }
    if (calls === 0) return sent;
    await new Promise((resolve) => setTimeout(resolve, toolMs));
  }
}

describe('an agent on the openai package', () => {
  it('becomes a scenario that sends as many bytes, without a word of it', async () => {
    const mock = await mockForTest(toolLoop);
    const recording = await recordBefore(mock.url);
    const sent = await runAgent(recording.url, 40);
    const { scenarios, traffic } = await recording.stop();
    const [made, ...more] = scenarios;
    expect(more).toEqual([]);
    expect(JSON.stringify(scenarios)).not.toContain(MARKER);
    expect(JSON.stringify(scenarios)).not.toContain(KEY);
    expect(made?.figures).toMatchObject({ steps: 4, calls: 3, pauses: 0 });
    expect(made?.figures.toolMs).toBeGreaterThanOrEqual(3 * 39);
    expect(made?.assumed).toEqual([]);
    expect(made?.gain).toEqual([
      expect.stringMatching(
        /^at a round trip of 10 ms, ws would take [\d.]+ s against http [\d.]+ s/,
      ),
      expect.stringMatching(/^at a round trip of 60 ms, /),
    ]);
    expect(traffic).toMatchObject({
      requests: { http: 4, websocket: 0 },
      chained: 0,
      requestBytes: sent.reduce((sum, bytes) => sum + bytes, 0),
    });
    const script = expandScenario(await parseScenario(made?.text ?? '', 'it.yaml'), 1);
    const { payloadBytes } = plannedTraffic(script, 'x', 'http');
    expect(Math.abs(payloadBytes / traffic.requestBytes - 1)).toBeLessThan(0.03);
  });

  it('that has its history compacted goes on with the same conversation', async () => {
    const mock = await mockForTest(toolLoop);
    const recording = await recordBefore(mock.url);
    const client = new OpenAI({ baseURL: recording.url, apiKey: KEY });
    const input: ResponseInputItem[] = [{ role: 'user', content: MARKER }];
    for (let step = 0; step < 2; step += 1) {
      const { output } = await client.responses.create({ model: 'x', input, tools });
      input.push(...(output as ResponseInputItem[]));
      for (const item of output) {
        if (item.type !== 'function_call') continue;
        input.push({ type: 'function_call_output', call_id: item.call_id, output: MARKER });
      }
    }
    const { output } = await client.responses.compact({ model: 'x', input });
    const short = [...(output as ResponseInputItem[]), { role: 'user' as const, content: MARKER }];
    await client.responses.create({ model: 'x', input: short, tools });
    const { scenarios, traffic } = await recording.stop();
    expect(scenarios.map(({ figures, notes }) => ({ ...figures, notes }))).toMatchObject([
      {
        ...{ steps: 3, calls: 2 + 1 },
        notes: ['compacted after step 2: a replay keeps the context that it cut'],
      },
    ]);
    expect(traffic).toMatchObject({ requests: { http: 3 }, compactions: 1, failed: 0 });
    expect(JSON.stringify(scenarios)).not.toContain(MARKER);
  });

  it('several at once are several conversations', async () => {
    const mock = await mockForTest(toolLoop);
    const recording = await recordBefore(mock.url);
    const ended = recording.ended(3);
    await Promise.all([
      runAgent(recording.url, 1),
      runAgent(recording.url, 2),
      runAgent(recording.url, 3),
    ]);
    await ended;
    const { scenarios } = await recording.stop();
    // All say the same, so whose a request is shows by what it repeats: no step is lost or told twice.
    expect(scenarios.reduce((sum, { figures }) => sum + figures.steps, 0)).toBe(12);
  });
});

describe('a WebSocket', () => {
  const frame = (value: object) => JSON.stringify(value);

  async function converse(url: string, perMessageDeflate: boolean): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/responses`, { perMessageDeflate });
    await once(socket, 'open');
    const messages = on(socket, 'message') as AsyncIterator<[Buffer]>;
    const ask = async (request: object): Promise<Record<string, unknown>> => {
      socket.send(frame({ type: 'response.create', model: 'x', store: false, tools, ...request }));
      for (;;) {
        const next = await messages.next();
        const event = JSON.parse(String((next.value as [Buffer])[0])) as Record<string, unknown>;
        if (event['type'] === 'response.completed') {
          return event['response'] as Record<string, unknown>;
        }
      }
    };
    const warm = await ask({ input: [], generate: false });
    let input: object[] = [{ role: 'user', content: MARKER }];
    let previous = warm['id'];
    for (;;) {
      const response = await ask({ input, previous_response_id: previous });
      previous = response['id'];
      const calls = (response['output'] as Record<string, unknown>[]).filter(
        ({ type }) => type === 'function_call',
      );
      if (calls.length === 0) break;
      input = calls.map(({ call_id }) => ({
        type: 'function_call_output',
        call_id,
        output: MARKER,
      }));
    }
    socket.close();
    await once(socket, 'close');
  }

  it.each([
    ['plain', false],
    ['compressed where the server agrees', true],
  ])('that chains after a warm-up: %s', async (_reason, deflate) => {
    const mock = await mockForTest(toolLoop);
    const recording = await recordBefore(mock.url);
    await converse(recording.url, deflate);
    const { scenarios, traffic } = await recording.stop();
    expect(traffic).toMatchObject({
      requests: { http: 0, websocket: 5 },
      connections: { websocket: 1 },
      ...{ chained: 4, warmUps: 1, failed: 0 },
    });
    expect(scenarios.map(({ figures }) => figures)).toMatchObject([{ steps: 4, calls: 3 }]);
    expect(JSON.stringify(scenarios)).not.toContain(MARKER);
  });

  it('is read where both sides compress, too', async () => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: { threshold: 0 },
    });
    atEnd(() => {
      server.close();
    });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.on('message', () => {
        const output = [{ type: 'message', role: 'assistant', content: MARKER }];
        const response = { id: 'resp_1', output, usage: { input_tokens: 3, output_tokens: 2 } };
        socket.send(frame({ type: 'response.output_text.delta', delta: MARKER }));
        socket.send(frame({ type: 'response.completed', response }));
      });
    });
    const { port } = server.address() as AddressInfo;
    const recording = await recordBefore(`http://127.0.0.1:${port}/v1`);
    const socket = new WebSocket(`${recording.url.replace('http', 'ws')}/responses`, {
      perMessageDeflate: { threshold: 0 },
    });
    await once(socket, 'open');
    expect(socket.extensions).toBe('permessage-deflate');
    let seen = 0;
    socket.on('message', () => (seen += 1));
    for (let round = 0; round < 2; round += 1) {
      socket.send(frame({ type: 'response.create', model: 'x', input: MARKER.repeat(50) }));
      await once(socket, 'message');
    }
    await expect.poll(() => seen).toBe(4);
    socket.terminate();
    const { traffic } = await recording.stop();
    expect(traffic).toMatchObject({ requests: { websocket: 2 }, failed: 0 });
  });
});

/** An endpoint that keeps every byte that it gets on its connections, and answers each with these once it has `after` of them. */
async function rawEndpoint(answer: Buffer, after: number, end = true) {
  const got: Buffer[] = [];
  const server = createTcpServer((socket: Socket) => {
    let length = 0;
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      got.push(chunk);
      length += chunk.byteLength;
      if (answered || length < after) return;
      answered = true;
      socket.write(answer);
      if (end) socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, got: () => Buffer.concat(got) };
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('what passes through', () => {
  it('is unchanged over HTTP: bodies, and headers in their spelling and order', async () => {
    const sent = gzipSync(Buffer.from(`{"model":"x","input":"${'é✓'.repeat(50_000)}"}`));
    const sse = gzipSync('event: a\ndata: {"type":"response.unknown"}\n\n');
    const seen: { headers: string[]; body: Buffer }[] = [];
    const endpoint = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ headers: request.rawHeaders, body });
        response.writeHead(201, 'Fine', ['X-One', '1', 'x-one', '2', 'Content-Encoding', 'gzip']);
        response.write(sse.subarray(0, 7));
        setImmediate(() => response.end(sse.subarray(7)));
      });
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    atEnd(() => {
      endpoint.close();
    });
    const { port } = endpoint.address() as AddressInfo;
    const recording = await recordBefore(`http://127.0.0.1:${port}/v1`);
    const request = httpRequest(`${recording.url}/responses?a=%20b`, {
      method: 'POST',
      headers: [
        'Host',
        'x',
        'authorization',
        KEY,
        'X-Odd',
        'a',
        'x-odd',
        'b',
        'Content-Encoding',
        'gzip',
      ],
    });
    request.end(sent);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(201);
    expect(answer.statusMessage).toBe('Fine');
    expect(answer.rawHeaders.slice(0, 6)).toEqual([
      'X-One',
      '1',
      'x-one',
      '2',
      'Content-Encoding',
      'gzip',
    ]);
    expect((await bodyOf(answer)).equals(sse)).toBe(true);
    expect(seen[0]?.body.equals(sent)).toBe(true);
    expect(seen[0]?.headers.slice(0, 10)).toEqual([
      'Host',
      `127.0.0.1:${port}`,
      'authorization',
      KEY,
      'X-Odd',
      'a',
      'x-odd',
      'b',
      'Content-Encoding',
      'gzip',
    ]);
  });

  it('is unchanged over a WebSocket, byte for byte: fragments, control frames, 20 MB, nonsense', async () => {
    const up = Buffer.concat([
      Buffer.from([0x01, 0x83, 1, 2, 3, 4, 9, 9, 9]),
      Buffer.alloc(20_000_000, 7),
    ]);
    const down = Buffer.concat([
      Buffer.from(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-Odd: é\r\n\r\n',
        'latin1',
      ),
      Buffer.from([0x89, 0x01, 0x61, 0x01, 0x01, 0x7b, 0x80, 0x01, 0x7d]),
      Buffer.alloc(3_000_000, 0xff),
    ]);
    const endpoint = await rawEndpoint(down, 1, false);
    const recording = await recordBefore(endpoint.url);
    const socket = connect(Number(new URL(recording.url).port), '127.0.0.1');
    const head =
      'GET /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: 1\r\n\r\n';
    socket.write(head);
    const got: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    socket.write(up);
    const upHead = head.replace('Host: x', `Host: ${new URL(endpoint.url).host}`);
    await expect
      .poll(() => [Buffer.concat(got).byteLength, endpoint.got().byteLength], { timeout: 20_000 })
      .toEqual([down.byteLength, upHead.length + up.byteLength]);
    expect(Buffer.concat(got).equals(down)).toBe(true);
    expect(endpoint.got().equals(Buffer.concat([Buffer.from(upHead), up]))).toBe(true);
    socket.destroy();
  });

  it('is lost where the endpoint dies, but no byte before, and the recorder lives on', async () => {
    const body = 'event: response.created\ndata: {"type":"response.created"}\n\n'.repeat(3);
    const whole = Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const headBytes = whole.byteLength - body.length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: whole.byteLength - 1 }), async (cut) => {
        const endpoint = await rawEndpoint(whole.subarray(0, cut), 1);
        const recording = await recordBefore(endpoint.url);
        const request = httpRequest(`${recording.url}/responses`, { method: 'POST' });
        request.end('{}');
        const received: Buffer[] = [];
        const outcome = await new Promise<string>((resolve) => {
          request.on('error', () => {
            resolve('broken');
          });
          request.on('response', (answer) => {
            answer.on('data', (chunk: Buffer) => received.push(chunk));
            answer.on('error', () => {
              resolve('broken');
            });
            answer.on('end', () => {
              resolve(`ended ${answer.statusCode}`);
            });
          });
        });
        expect(outcome).toBe(cut < headBytes ? 'ended 502' : 'broken');
        if (cut >= headBytes) {
          expect(Buffer.concat(received).toString()).toBe(body.slice(0, cut - headBytes));
        }
        const { scenarios, traffic } = await recording.stop();
        expect({ scenarios, failed: traffic.failed }).toEqual({ scenarios: [], failed: 1 });
      }),
      { numRuns: 25 },
    );
  });

  it('reaches the other side of a WebSocket up to the byte at which one side dies', async () => {
    const head =
      'GET /v1/responses HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const down = Buffer.concat([
      Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
      // A message in two fragments, and one of 70,000 bytes.
      Buffer.from([0x01, 0x02, 0x7b, 0x22, 0x80, 0x01, 0x7d]),
      Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]),
      Buffer.alloc(70_000, 0x61),
    ]);
    const up = Buffer.concat([
      Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4]),
      Buffer.alloc(4096, 5),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: down.byteLength }),
        fc.integer({ min: 0, max: up.byteLength }),
        async (serverCut, clientCut) => {
          const endpoint = await rawEndpoint(down.subarray(0, serverCut), head.length);
          const recording = await recordBefore(endpoint.url);
          const socket = connect(Number(new URL(recording.url).port), '127.0.0.1');
          const got: Buffer[] = [];
          socket.on('data', (chunk: Buffer) => got.push(chunk));
          socket.write(Buffer.concat([Buffer.from(head), up.subarray(0, clientCut)]));
          await once(socket, 'close');
          expect(Buffer.concat(got).equals(down.subarray(0, serverCut))).toBe(true);
          const sent = endpoint.got().subarray(endpoint.got().indexOf('\r\n\r\n') + 4);
          expect(sent.equals(up.subarray(0, sent.byteLength))).toBe(true);
          const { scenarios } = await recording.stop();
          expect(scenarios).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('comes over TLS and HTTP/2, too', async () => {
    const mock = await mockForTest(toolLoop);
    const recording = await recordBefore(mock.url, { tls: true });
    const session = connectHttp2(recording.url, { ca: recording.ca });
    const stream = session.request({
      ':method': 'POST',
      ':path': '/v1/responses',
      'content-type': 'application/json',
    });
    stream.end(JSON.stringify({ model: 'x', input: MARKER }));
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(stream, 'end');
    session.close();
    expect(JSON.parse(text)).toMatchObject({ object: 'response', status: 'completed' });
    const { traffic } = await recording.stop();
    expect(traffic).toMatchObject({ requests: { http: 1 }, failed: 0 });
  });

  it('finds nobody: 502 for a request, and for an upgrade', async () => {
    const recording = await recordBefore('http://127.0.0.1:9/v1');
    const answer = await fetch(`${recording.url}/responses`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('ECONNREFUSED');
    const socket = new WebSocket(`${recording.url.replace('http', 'ws')}/responses`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('502');
  });
});

describe('the command', () => {
  it('writes at Ctrl-C, and holds nothing before; a kill leaves nothing', async () => {
    const mock = await mockForTest(toolLoop);
    const begin = async () => {
      const program = await startCli(['record', mock.url, '--port', '0', '--name', 'mine']);
      const [, url = ''] = /listening on (.*)/.exec(await program.line(/listening on/)) ?? [];
      await runAgent(url, 5);
      expect(await readdir(program.cwd)).toEqual([]);
      return program;
    };
    const program = await begin();
    program.process.kill('SIGINT');
    const { code, stdout, stderr, cwd } = await program.finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // A client that goes on before the body's end opens another one.
    expect(stdout).toMatch(/4 requests on \d connections/);
    expect(stdout).toContain('measure   agent-latency-bench run mine.yaml');
    expect(await readdir(cwd)).toEqual(['mine.yaml']);
    const text = await readFile(path.join(cwd, 'mine.yaml'), 'utf8');
    for (const secret of [MARKER, KEY]) expect(text + stdout).not.toContain(secret);

    const killed = await begin();
    killed.process.kill('SIGKILL');
    await killed.finished;
    expect(await readdir(killed.cwd)).toEqual([]);
  });

  it('keeps every word with --raw, for its owner alone, and says so; headers never', async () => {
    const mock = await mockForTest(toolLoop);
    const args = ['record', mock.url, '--port', '0', '--name', 'mine', '--raw', 'raw.ndjson'];
    const program = await startCli([...args, '--sessions', '1']);
    const [, url = ''] = /listening on (.*)/.exec(await program.line(/listening on/)) ?? [];
    await runAgent(url, 5);
    const { code, stderr, cwd } = await program.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: --raw writes every word that passes to raw\.ndjson/);
    const file = path.join(cwd, 'raw.ndjson');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(KEY);
    const pieces = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; from: string; text: string });
    const whole = (id: number, from: string) =>
      pieces
        .filter((piece) => piece.id === id && piece.from === from)
        .map((piece) => piece.text)
        .join('');
    expect(JSON.parse(whole(1, 'agent'))).toMatchObject({ model: 'x', stream: true });
    expect(whole(4, 'endpoint')).toContain('event: response.completed');
    expect(await readFile(path.join(cwd, 'mine.yaml'), 'utf8')).not.toContain(MARKER);
    const full = await startCli([...args.slice(0, -1), '/dev/full', '--force', '--sessions', '1']);
    const [, next = ''] = /listening on (.*)/.exec(await full.line(/listening on/)) ?? [];
    await runAgent(next, 5);
    const ended = await full.finished;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('--raw: /dev/full is not whole (ENOSPC)');
    // What it is all for is there.
    expect(await readdir(ended.cwd)).toEqual(['mine.yaml']);
    const again = await callCli(args, { cwd });
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('--raw: expected a new file');
  });

  it.each<[reason: string, args: string[], code: number, message: RegExp]>([
    ['no URL', ['ftp://x'], 2, /expected a base URL/],
    ['a name that is none', ['http://127.0.0.1:9', '--name', '../x'], 2, /--name: expected/],
    ['a file for TLS without it', ['http://127.0.0.1:9', '--tls-ca-out', 'x'], 2, /no --tls/],
    ['no PEM', ['http://127.0.0.1:9', '--cacert', 'none'], 2, /--cacert: .*ENOENT/],
  ])('%s: one message', async (_reason, args, code, message) => {
    const finished = await callCli(['record', ...args, '--port', '0']);
    expect({ code: finished.code, told: message.test(finished.stderr) }).toEqual({
      code,
      told: true,
    });
  });
});
