import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { defaultSessionLimits, type SessionLimits } from '../../src/transport/session-limits.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { createWebSocketTransport } from '../../src/transport/ws/websocket.ts';
import { endpointAt } from './exchange.ts';

/** What a server does with a frame. */
export type Answer = (socket: WebSocket, raw: Socket, request: Record<string, unknown>) => void;

/** A server and a transport that talks to it. */
export interface ServedWebSocket {
  transport: Transport;
  /** What the client asked for in its upgrades. */
  upgrades: { url: string | undefined; headers: NodeJS.Dict<string | string[]> }[];
  /** Sockets open at the server. */
  open: () => number;
  clients: () => readonly WebSocket[];
  /** Ends both; called when the test ends, too. */
  close: () => Promise<void>;
}

/** A WebSocket server that answers each frame in its own way, and a transport that talks to it. */
export async function webSocketForTest(
  onFrame: Answer,
  limits: Partial<SessionLimits> = {},
): Promise<ServedWebSocket> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server });
  const upgrades: ServedWebSocket['upgrades'] = [];
  webSockets.on('connection', (socket, request) => {
    upgrades.push({ url: request.url, headers: request.headers });
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      onFrame(socket, request.socket, JSON.parse(data.toString()) as Record<string, unknown>);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createWebSocketTransport(endpointAt((server.address() as AddressInfo).port), {
    ...defaultSessionLimits,
    ...limits,
  });
  const close = async (): Promise<void> => {
    await transport.close();
    for (const client of webSockets.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return {
    transport,
    upgrades,
    open: () => webSockets.clients.size,
    clients: () => [...webSockets.clients],
    close,
  };
}

/** Sends each object as a frame. */
export function sendAll(socket: WebSocket, events: readonly object[]): void {
  for (const event of events) socket.send(JSON.stringify(event));
}
