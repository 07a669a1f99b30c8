import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { processMetrics } from '../../src/mock/metrics/process-metrics.ts';
import { PREFIX_MESSAGES } from './paced-streams.ts';

/*
 * Forked by a benchmark: the least that paces messages. Every stream has a timer of its own, set for what is left until
 * its next message; the messages are ready beforehand. It looks at no request, and keeps nothing.
 */

const INTERVAL_MS = 20;
const json = JSON.stringify({
  type: 'response.output_text.delta',
  sequence_number: 100,
  item_id: 'msg_pacing_0',
  output_index: 0,
  content_index: 0,
  delta: 'abcd',
  logprobs: [],
});
const sse = `event: response.output_text.delta\ndata: ${json}\n\n`;

const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    const lines = processMetrics.map(({ name, read }) => `${name} ${Number(read())}\n`);
    response.end(lines.join(''));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const stop = pace(() => response.write(sse));
  response.on('close', stop);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.once('message', () => {
    const stop = pace(() => {
      socket.send(json);
    });
    socket.on('close', stop);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}/v1` });
});
process.on('disconnect', () => process.exit());

function pace(send: () => void): () => void {
  const startMs = performance.now();
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  for (let message = 0; message < PREFIX_MESSAGES; message++) send();
  next();
  return () => {
    clearTimeout(timer);
  };

  function next(): void {
    send();
    sent++;
    timer = setTimeout(next, startMs + sent * INTERVAL_MS - performance.now());
  }
}
