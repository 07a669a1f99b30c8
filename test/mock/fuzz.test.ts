import { once } from 'node:events';
import { connect as dial } from 'node:net';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, it } from 'vitest';
import { connect, startTestMock } from './mock-server.ts';

const random = xoroshiro128plus(20_261_122);
const below = (end: number) => uniformInt(random, 0, end - 1);

/** A valid text with a few of its characters gone, doubled, or replaced. */
function spoil(text: string): string {
  let spoilt = text;
  for (let hits = below(4); hits >= 0; hits--) {
    const at = below(spoilt.length + 1);
    const noise = ['', '\0', '{', '"', '\r\n', '\u{1F600}', '9'.repeat(400), spoilt.slice(at)];
    spoilt = spoilt.slice(0, at) + String(noise[below(noise.length)]) + spoilt.slice(at + below(3));
    spoilt = spoilt.slice(0, 5000);
  }
  return spoilt;
}

const odd: unknown[] = [null, 7, '', [], {}, [null], true, -1, { type: null }, [[]], 'refusal'];
const fields = ['model', 'input', 'tools', 'stream_id', 'kind', 'include', 'store', 'conversation'];

function body(): string {
  const create: Record<string, unknown> = {
    type: 'response.create',
    model: 'greeter',
    input: [{ type: 'function_call_output', call_id: 'call_1', output: 'x' }],
    tools: [{ type: 'function', name: 'f', parameters: {} }],
    previous_response_id: 'resp_1',
  };
  for (let hits = below(3); hits >= 0; hits--) {
    create[String(fields[below(fields.length)])] = odd[below(odd.length)];
  }
  const json = JSON.stringify(create);
  return below(2) === 0 ? json : spoil(json);
}

const UPGRADE =
  'GET /v1/responses HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

function rawRequest(): string {
  const json = body();
  const path = ['/v1/responses', '/v1/responses/compact', '/v1/conversations'][below(3)];
  const post = `POST ${String(path)} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
  // A close at the end, so that the whole exchange is over when the server is done with it.
  return spoil(below(3) === 0 ? UPGRADE : post);
}

/** Sends bytes and hangs up; resolves once the server has closed too. */
async function throwAt(port: number, bytes: string): Promise<void> {
  const socket = dial(port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.end(bytes);
  const timer = setTimeout(() => socket.destroy(), 200);
  await once(socket, 'close');
  clearTimeout(timer);
}

it('10,000 malformed frames, requests and upgrades: all answered or closed, nothing left behind', async () => {
  const { url, port } = await startTestMock();
  const client = await connect(url);
  for (let sent = 0; sent < 6000; sent++) {
    client.socket.send(below(20) === 0 ? Buffer.from(body()) : body());
  }
  client.send({ type: 'response.create', model: 'greeter', input: 'hi' });
  const terminal = ['error', 'response.completed', 'response.incomplete'];
  for (let ends = 0; ends < 6001; ) {
    if (terminal.includes((await client.next()).type)) ends++;
  }
  for (let thrown = 0; thrown < 4000; thrown += 40) {
    await Promise.all(Array.from({ length: 40 }, () => throwAt(port, rawRequest())));
  }
  const other = await connect(url);
  expect((await other.create({ input: 'hi' })).at(-1)?.type).toBe('response.completed');
  const numbers = async () => (await fetch(new URL('/metrics', url))).text();
  // The two clients, and the request that asks.
  await expect.poll(numbers).toMatch(/mock_in_flight 1\n/);
  expect(await numbers()).toMatch(/mock_websockets 2\n/);
});
