import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorBody } from '../protocol/errors.ts';
import type { KeyCheck } from './api-key.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { pathOf, RESPONSES_PATH } from './path.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Turns `GET /v1/responses` with an upgrade into WebSocket connections. */
export interface Upgrades {
  readonly handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Drops every connection. */
  close(): void;
}

/** @param serve takes over a connection; `socket` is the one below it */
export function createUpgrades(
  checkKey: KeyCheck,
  serve: (webSocket: WebSocket, socket: Duplex) => void,
): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_BODY_BYTES,
  });
  return {
    handle(request, socket, head) {
      const refusal = refuseUpgrade(request) ?? checkKey(request.headers.authorization);
      if (refusal !== undefined) {
        sendRefusal(socket, refusal);
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        serve(webSocket, socket);
      });
    },
    close() {
      for (const webSocket of server.clients) webSocket.terminate();
      server.close();
    },
  };
}

function refuseUpgrade(request: IncomingMessage): Refusal | undefined {
  const path = pathOf(request);
  if (path !== RESPONSES_PATH) return refuse(404, `Unknown request URL: ${path}.`);
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    return refuse(400, 'Expected no other upgrade than to WebSocket.');
  }
  return undefined;
}

/** The connection is no longer the HTTP server's, so the answer is written by hand. */
function sendRefusal(socket: Duplex, { status, error }: Refusal): void {
  const body: ErrorBody = { error };
  const json = JSON.stringify(body);
  // The client may be gone already; there is nobody to tell.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(json)}`,
      '',
      json,
    ].join('\r\n'),
  );
}
