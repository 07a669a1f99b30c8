import { describe, expect, it, onTestFinished } from 'vitest';
import { nowUs } from '../../src/measure/clock.ts';
import { startMarks } from '../../src/measure/marks.ts';
import type { InputItem } from '../../src/protocol/items.ts';
import type { CompactRequest } from '../../src/protocol/request.ts';
import { createTransport, type TransportName } from '../../src/transport/index.ts';
import type { Endpoint, Transport } from '../../src/transport/transport.ts';
import { endpointAt } from '../support/exchange.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';
import { httpServerForTest } from '../support/servers.ts';

const names: TransportName[] = ['http', 'http-keepalive', 'http2', 'ws'];
const request: CompactRequest = {
  model: smallScript.name,
  input: [{ type: 'message', role: 'user', content: 'Fix the failing test.' }],
  instructions: 'Be brief.',
};
const never = new AbortController().signal;

function transportForTest(name: TransportName, endpoint: Endpoint): Transport {
  const transport = createTransport(name, endpoint);
  onTestFinished(() => transport.close());
  return transport;
}

describe('compaction', () => {
  it.each(names)('over %s gives a conversation to go on with, and marks its time', async (name) => {
    const mock = await mockForTest({ tls: { kind: 'generated' } });
    const transport = transportForTest(name, endpointOf(mock));
    const marks = startMarks(nowUs());
    const items = await transport.compact(request, marks, never);
    expect(items).toMatchObject([{ type: 'compaction' }]);
    const points = [
      marks.startUs,
      marks.writeStartUs,
      marks.firstByteUs,
      marks.firstEventUs,
      marks.terminalUs,
    ];
    expect(points.some(Number.isNaN)).toBe(false);
    expect(points).toEqual(points.toSorted((a, b) => a - b));
    expect(marks.handshakeUs).toBeGreaterThan(0);
    expect(marks.payloadBytesSent).toBe(Buffer.byteLength(JSON.stringify(request)));

    const goOn = { ...request, input: items as unknown as InputItem[], store: false, stream: true };
    const types: string[] = [];
    for await (const events of transport.exchange(goOn, startMarks(nowUs()), never)) {
      types.push(...events.map(({ type }) => type));
    }
    expect(types.at(-1)).toBe('response.completed');
  });

  it.each<[name: TransportName, connections: number, why: string]>([
    ['http', 3, 'a connection of its own for every call'],
    ['http-keepalive', 1, 'the connection that is there'],
    ['ws', 2, 'one HTTP connection beside the socket, opened when it is needed'],
  ])('over %s takes %d: %s', async (name, connections) => {
    const mock = await mockForTest();
    const transport = transportForTest(name, endpointOf(mock));
    await send(transport);
    expect(transport.connections).toHaveLength(1);
    for (let call = 0; call < 2; call++) {
      await transport.compact(request, startMarks(nowUs()), never);
    }
    expect(transport.connections).toHaveLength(connections);
    await transport.close();
    expect(transport.connections.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it.each<[what: string, status: number, body: string, expected: object]>([
    [
      'an error',
      429,
      JSON.stringify({ error: { code: 'slow_down', message: 'no' } }),
      { kind: 'http_status', status: 429, code: 'slow_down', retryAfterMs: 2000 },
    ],
    ['no body', 404, '', { kind: 'http_status', status: 404 }],
    ['another success', 204, '', { kind: 'not_responses', status: 204 }],
    ['no JSON', 200, '<h1>hi</h1>', { kind: 'not_responses' }],
    ['no output', 200, '{}', { kind: 'not_responses' }],
    ['output of what are no items', 200, '{"output":["a"]}', { kind: 'not_responses' }],
    ['null', 200, 'null', { kind: 'not_responses' }],
    [
      'an error under a status of success',
      200,
      '{"error":{"code":429,"message":"no"}}',
      { kind: 'api_error', status: undefined, code: '429', message: 'no' },
    ],
    [
      'more than anyone should have to hold',
      200,
      JSON.stringify({ output: [], more: 'a'.repeat(65 * 1024 * 1024) }),
      { kind: 'protocol' },
    ],
  ])('is a failure where %s comes', async (_what, status, body, expected) => {
    const { port } = await httpServerForTest((_request, response) => {
      response.writeHead(status, { 'retry-after': '2' }).end(body);
    });
    const transport = transportForTest('http-keepalive', endpointAt(port));
    await expect(transport.compact(request, startMarks(nowUs()), never)).rejects.toMatchObject({
      name: 'EndpointFailure',
      ...expected,
    });
  });

  it('goes to its path below the base URL, query and all', async () => {
    const seen: (string | undefined)[] = [];
    const { port } = await httpServerForTest(({ url }, response) => {
      seen.push(url);
      response.end('{"output":[]}');
    });
    const baseUrl = new URL(`http://127.0.0.1:${String(port)}/openai/v1/?api-version=1`);
    const transport = transportForTest('http', { ...endpointAt(port), baseUrl });
    expect(await transport.compact(request, startMarks(nowUs()), never)).toEqual([]);
    expect(seen).toEqual(['/openai/v1/responses/compact?api-version=1']);
  });

  it.each(names.filter((name) => name !== 'http2'))(
    'over %s is left at once when the signal aborts, and no connection stays',
    async (name) => {
      const server = await httpServerForTest((incoming) => incoming.resume());
      const transport = transportForTest(name, endpointAt(server.port));
      const controller = new AbortController();
      const reason = new Error('enough');
      const compacted = transport.compact(request, startMarks(nowUs()), controller.signal);
      await expect.poll(() => server.accepted).toBe(1);
      controller.abort(reason);
      await expect(compacted).rejects.toBe(reason);
      await transport.close();
      await expect.poll(() => server.open).toBe(0);
    },
  );
});

async function send(transport: Transport): Promise<void> {
  const create = { ...request, store: false, stream: true };
  for await (const _event of transport.exchange(create, startMarks(nowUs()), never));
}
