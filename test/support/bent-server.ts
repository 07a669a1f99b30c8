import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { StreamEvent } from '../../src/protocol/events.ts';
import { type StrangeServer, tcpServerForTest } from './servers.ts';

/** A server that answers every request in a way that the API doesn't have. */
export type Bend = (socket: Socket) => void;

/** Serves HTTP/1.1 by hand: each request, once it is there as a whole, is left to `bend`. */
export function bentServerForTest(bend: Bend): Promise<StrangeServer & { readonly asked: number }> {
  let asked = 0;
  const server = tcpServerForTest((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = endOfRequest(text); end <= text.length; end = endOfRequest(text)) {
        text = text.slice(end);
        asked++;
        bend(socket);
      }
    });
  });
  return server.then(
    (started) =>
      Object.defineProperty(started, 'asked', { get: () => asked }) as StrangeServer & {
        readonly asked: number;
      },
  );
}

/** Where the first request ends; beyond the text if it isn't whole. */
function endOfRequest(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return Infinity;
  return head + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
}

/** The events of an answer as server-sent events, each followed by `between`. */
export function streamOf(events: readonly StreamEvent[], between = ''): string {
  return events
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n${between}`)
    .join('');
}

/** Status line and headers of a stream, then its body as one chunk and, unless it stays open, its end. */
export function send(
  socket: Socket,
  body: string | Buffer,
  { status = '200 OK', headers = ['content-type: text/event-stream'], open = false } = {},
): void {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, ...headers, 'transfer-encoding: chunked', '', ''];
  socket.write(head.join('\r\n'));
  socket.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes]));
  socket.write(open ? '\r\n' : '\r\n0\r\n\r\n');
}

/** A body that is compressed, and the header that says so. */
export function sendGzip(socket: Socket, body: string): void {
  send(socket, gzipSync(body), {
    headers: ['content-type: text/event-stream', 'content-encoding: gzip'],
  });
}
