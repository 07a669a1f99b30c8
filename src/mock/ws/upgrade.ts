import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorBody } from '../../protocol/errors.ts';
import { MOCK_HEADER } from '../../protocol/mock-identity.ts';
import { documentedRefusal } from '../fault/errors.ts';
import type { Faults } from '../fault/faults.ts';
import type { KeyCheck } from '../wire/api-key.ts';
import type { HostCheck } from '../wire/host.ts';
import { type ConnectionLimits, MAX_BODY_BYTES } from '../wire/limits.ts';
import { pathOf, RESPONSES_PATH } from '../wire/path.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';
import type { Session } from './front.ts';
import { keepPinging } from './pings.ts';

/** The upgrades of `GET /v1/responses` to WebSocket connections. */
export interface Upgrades {
  readonly handle: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly connections: () => number;
  /** Lets responses under way end, then closes. */
  drain(): void;
  /** Drops every connection. */
  close(): void;
}

/** @param serve takes over a connection; `socket` is the one below it, `request` the handshake */
export function createUpgrades(
  checkHost: HostCheck,
  checkKey: KeyCheck,
  faults: Faults,
  { pingIntervalMs }: ConnectionLimits,
  identity: string,
  serve: (webSocket: WebSocket, socket: Duplex, request: IncomingMessage) => Session,
): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_BODY_BYTES,
  });
  server.on('headers', (headers) => headers.push(`${MOCK_HEADER}: ${identity}`));
  const sessions = new Map<WebSocket, Session>();
  let draining = false;

  return {
    handle(request, socket, head) {
      const refusal =
        checkHost(request) ?? refuseUpgrade(request) ?? checkKey(request.headers.authorization);
      if (refusal !== undefined) {
        sendRefusal(socket, refusal);
        return;
      }
      const fault = faults.upgrade();
      if (fault === 'hang') {
        hang(socket);
        return;
      }
      if (fault !== undefined || draining) {
        sendRefusal(socket, documentedRefusal(fault ?? 503));
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        sessions.set(webSocket, serve(webSocket, socket, request));
        keepPinging(webSocket, pingIntervalMs);
        webSocket.on('close', () => sessions.delete(webSocket));
      });
    },
    connections: () => server.clients.size,
    drain() {
      draining = true;
      for (const session of sessions.values()) session.drain();
    },
    close() {
      for (const webSocket of server.clients) webSocket.terminate();
      server.close();
    },
  };
}

/** Says nothing until the client has had enough; unread, its leave would go unnoticed. */
function hang(socket: Duplex): void {
  socket.on('error', () => undefined);
  socket.on('end', () => socket.destroy());
  socket.resume();
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
