import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { request } from 'undici';
import WebSocket, { WebSocketServer } from 'ws';

/** What a client sent: the bodies of its POST requests, or its WebSocket frames, in order. */
export type Recording = readonly string[];

/**
 * Stands between a client and a server that speaks plain HTTP, and writes down what the client sends.
 * @param serverUrl base URL of the server
 * @param session is given the base URL to use in its place
 */
export async function record(
  serverUrl: string,
  session: (url: string) => Promise<void>,
): Promise<Recording> {
  const sent: string[] = [];
  const { origin, pathname } = new URL(serverUrl);
  const server = createServer((incoming, outgoing) => {
    void forwardRequest(origin, incoming, outgoing, sent);
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (client, { url }) => {
    forwardFrames(client, origin.replace(/^http/, 'ws') + String(url), sent);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    await session(`http://127.0.0.1:${port}${pathname}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return sent;
}

async function forwardRequest(
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  sent: string[],
): Promise<void> {
  const body = await buffer(incoming);
  sent.push(body.toString());
  const answer = await request(origin + (incoming.url ?? ''), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  outgoing.writeHead(answer.statusCode, {
    'content-type': String(answer.headers['content-type']),
  });
  answer.body.pipe(outgoing);
}

function forwardFrames(client: WebSocket, url: string, sent: string[]): void {
  const upstream = new WebSocket(url, { perMessageDeflate: false });
  const opened = once(upstream, 'open');
  client.on('message', (data: Buffer) => {
    const frame = data.toString();
    sent.push(frame);
    void opened.then(() => {
      upstream.send(frame);
    });
  });
  upstream.on('message', (data: Buffer) => {
    client.send(data.toString());
  });
  client.on('close', () => {
    upstream.close();
  });
}
