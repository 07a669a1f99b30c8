import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/*
 * Forked by a benchmark: a server that answers every request over HTTP or WebSocket with the same events, an event a
 * write, and does nothing else, so that it is never what its client waits for.
 */

const deltas = Number(process.argv[2]);
const events = eventsOf(deltas).map((event) => JSON.stringify(event));
const streamed = events.map((event) => `event: x\ndata: ${event}\n\n`);

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of streamed) response.write(event);
    response.end();
  });
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', () => {
    for (const event of events) socket.send(event);
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });
});
process.on('disconnect', () => process.exit());

/** The answer of a model that calls one tool: six events, and the pieces of the call's arguments between them. */
function eventsOf(pieces: number): object[] {
  const piece = '{"path":"a.txt"}';
  const item = {
    id: 'fc_1',
    type: 'function_call',
    call_id: 'call_1',
    name: 'look',
    status: 'completed',
  };
  const done = { ...item, arguments: piece };
  const response = { id: 'resp_1', object: 'response', model: 'small', status: 'in_progress' };
  const usage = {
    ...{ input_tokens: 120, input_tokens_details: { cached_tokens: 0 }, output_tokens: 12 },
    ...{ output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 132 },
  };
  const place = { output_index: 0, item_id: 'fc_1' };
  return [
    { type: 'response.created', response: { ...response, output: [] } },
    { type: 'response.in_progress', response: { ...response, output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, arguments: '' } },
    ...Array.from({ length: pieces }, () => ({
      type: 'response.function_call_arguments.delta',
      ...place,
      delta: piece,
    })),
    { type: 'response.function_call_arguments.done', ...place, arguments: piece },
    { type: 'response.output_item.done', output_index: 0, item: done },
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: [done], usage },
    },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}
