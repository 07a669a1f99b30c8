import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A process of its own: answers every POST with a stream of events, one every 10 ms, each with the time at which it was
 * written; its parent is told the port.
 */

const EVENTS = 300;
const end = {
  type: 'response.completed',
  response: { id: 'r', output: [], usage: { input_tokens: 1, output_tokens: 1 } },
};

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let sent = 0;
    const timer = setInterval(() => {
      const type = 'response.output_text.delta';
      const atMs = performance.timeOrigin + performance.now();
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, delta: 'abcd', atMs })}\n\n`);
      sent += 1;
      if (sent < EVENTS) return;
      clearInterval(timer);
      response.end(`event: ${end.type}\ndata: ${JSON.stringify(end)}\n\n`);
    }, 10);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit());
