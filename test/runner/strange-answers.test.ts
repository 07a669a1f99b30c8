import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { endpointAt } from '../support/exchange.ts';
import { smallScript } from '../support/script.ts';
import { httpServerForTest } from '../support/servers.ts';
import { runSmall } from './run-small.ts';

/** Three turns of talk, so that any text will do for an answer. */
const script = {
  ...smallScript,
  tools: [],
  turns: ['one', 'two', 'three'].map((user) => ({
    toolResults: [],
    user,
    model: { text: 'ok', calls: [] },
  })),
};

interface Asked {
  connection: number;
  previous: string | undefined;
  items: number;
}

function refusalOf(code: string): object {
  return {
    type: 'error',
    status: 400,
    error: { type: 'invalid_request_error', code, message: code },
  };
}

function answerOf(id: string): object {
  const content = [{ type: 'output_text', text: 'ok' }];
  const output = [{ id: `msg_${id}`, type: 'message', role: 'assistant', content }];
  return { type: 'response.completed', response: { id, output } };
}

/** A WebSocket server that answers the n-th request (from 1) as told; notes what it was asked. */
async function webSocketServer(
  answer: (n: number, socket: WebSocket) => object,
): Promise<{ port: number; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let connections = 0;
  server.on('connection', (socket) => {
    const connection = ++connections;
    socket.on('message', (data: Buffer) => {
      const { previous_response_id: previous, input } = JSON.parse(data.toString()) as {
        previous_response_id?: string;
        input: unknown[];
      };
      asked.push({ connection, previous, items: input.length });
      socket.send(JSON.stringify(answer(asked.length, socket)));
    });
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

it('a connection that has reached its age is exchanged, and everything goes out again', async () => {
  const { port, asked } = await webSocketServer((n) =>
    n === 2 ? refusalOf('websocket_connection_limit_reached') : answerOf(`resp_${String(n)}`),
  );
  const { record } = await runSmall('ws', endpointAt(port), { script });
  expect(record.state).toBe('completed');
  expect(record.recoveries).toMatchObject([
    { step: 1, cause: { status: 400 }, action: 'rotate', over: 'websocket' },
  ]);
  expect(record.counters).toMatchObject({ reconnects: 1, connections: 2, requests: 4 });
  // Standing orders, then user and assistant by turns.
  expect(asked).toEqual([
    { connection: 1, previous: undefined, items: 2 },
    { connection: 1, previous: 'resp_1', items: 1 },
    { connection: 2, previous: undefined, items: 4 },
    { connection: 2, previous: 'resp_3', items: 1 },
  ]);
});

it('a response that is forgotten twice in a step is not asked for a third time', async () => {
  const { port, asked } = await webSocketServer((n) =>
    n === 1 ? answerOf('resp_1') : refusalOf('previous_response_not_found'),
  );
  const { record } = await runSmall('ws', endpointAt(port), { script });
  expect(record.state).toBe('failed');
  expect(record.recoveries?.map(({ action }) => action)).toEqual(['resend', 'give_up']);
  expect(asked.map(({ connection, items }) => [connection, items])).toEqual([
    [1, 2],
    [1, 1],
    [1, 4],
  ]);
});

it.each<[shape: string, status: number, body: string]>([
  ['by its code', 404, JSON.stringify(refusalOf('previous_response_not_found'))],
  ['as FastAPI does', 404, '{"detail":"Response not found"}'],
  ['as text in JSON', 404, '{"error":"no such response"}'],
  ['by numbers', 404, '{"object":"error","message":"no","code":404}'],
  ['by a page', 404, '<h1>Not found</h1>'],
  ['by nothing', 404, ''],
  ['under a status of success', 200, '{"error":{"code":404,"message":"gone"}}'],
  ['as a bad request', 400, '{"error":{"message":"Previous response with id r not found."}}'],
])('a stored response that is gone is done without, said %s', async (_shape, status, body) => {
  const asked: Omit<Asked, 'connection'>[] = [];
  const { port } = await httpServerForTest((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { previous_response_id: previous, input } = JSON.parse(
        Buffer.concat(chunks).toString(),
      ) as { previous_response_id?: string; input: unknown[] };
      asked.push({ previous, items: input.length });
      if (asked.length === 2) {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      } else {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${JSON.stringify(answerOf(`resp_${String(asked.length)}`))}\n\n`);
      }
    });
  });
  const { record } = await runSmall('http-chained', endpointAt(port), { script });
  expect(record.state).toBe('completed');
  const cause = { code: 'previous_response_not_found' };
  expect(record.recoveries).toMatchObject([{ step: 1, cause, action: 'resend', over: 'http' }]);
  expect(asked).toEqual([
    { previous: undefined, items: 2 },
    { previous: 'resp_1', items: 1 },
    { previous: undefined, items: 4 },
    { previous: 'resp_3', items: 1 },
  ]);
});

it('more answers than requests over one connection fail the workflow: its times are nobody’s', async () => {
  const { port } = await webSocketServer((n, socket) => {
    if (n !== 2) return answerOf(`resp_${n}`);
    // The first request is answered once more, before the second.
    socket.send(JSON.stringify(answerOf('resp_again')));
    return { type: 'response.created', response: { id: 'resp_2' } };
  });
  const { record } = await runSmall('ws', endpointAt(port), { script });
  expect(record.state).toBe('failed');
  expect(record.steps.at(-1)).toMatchObject({
    index: 2,
    failure: { kind: 'protocol', code: 'doubtful_answers' },
  });
  expect(record.counters.requests).toBe(2);
});

it('answers that come twice, the second in the place of the next, fail the workflow even where it was complete', async () => {
  const { port } = await webSocketServer((n, socket) => {
    const say = (id: string): void => {
      for (const event of [{ type: 'response.created', response: { id } }, answerOf(id)])
        socket.send(JSON.stringify(event));
    };
    setTimeout(() => {
      say(`resp_${n}`);
      setTimeout(() => {
        say(`resp_${n}_again`);
      }, 5);
    }, 150);
    return { type: 'keepalive' };
  });
  const { record, failure } = await runSmall('ws', endpointAt(port), { script });
  expect(record.steps.map(({ state }) => state)).toEqual(['completed', 'failed', 'failed']);
  expect(failure).toMatchObject({ kind: 'protocol', code: 'doubtful_answers' });
  expect(record.counters.requests).toBe(3);
});
