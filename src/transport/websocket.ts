import WebSocket from 'ws';
import { nowUs } from '../measure/clock.ts';
import { type ExchangeMarks, markFirstByte } from '../measure/marks.ts';
import { closeSocket } from '../network/close.ts';
import { type Connection, dial } from '../network/dial.ts';
import type { CreateRequest, ResponseCreate } from '../protocol/request.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { dialFailure, EndpointFailure } from './failure.ts';
import { createHttpTransport } from './http.ts';
import { addParseTime, receiveEvent } from './receive.ts';
import { dialTargetOf, requestPath } from './target.ts';
import type { Endpoint, Transport } from './transport.ts';
import { upgrade } from './upgrade.ts';

/** The exchange that incoming frames belong to. */
interface Exchange {
  marks: ExchangeMarks;
  queue: EventQueue;
}

/** WebSocket mode of the Responses API: one socket for the whole session. */
export function createWebSocketTransport(endpoint: Endpoint): Transport {
  const target = dialTargetOf(endpoint);
  const connections: Connection[] = [];
  /** Compaction is not spoken over WebSocket. */
  const http = createHttpTransport(endpoint, 'kept', connections);
  let socket: WebSocket | undefined;
  let current: Exchange | undefined;

  async function open(marks: ExchangeMarks, signal: AbortSignal): Promise<WebSocket> {
    const startUs = nowUs();
    let pacedUs = 0;
    try {
      const connection = await dial(target, signal);
      connections.push(connection);
      pacedUs = connection.pacedUs;
      const upgradeUs = nowUs();
      const opened = await upgrade(urlOf(endpoint), connection.socket, endpoint.headers, signal);
      connection.wsUpgradeUs = nowUs() - upgradeUs;
      connection.deflate = opened.extensions.includes('permessage-deflate');
      listen(opened, connection, () => current);
      return opened;
    } catch (error) {
      throw dialFailure(error as Error);
    } finally {
      marks.handshakeUs = nowUs() - startUs - pacedUs;
    }
  }

  return {
    connections,
    async *exchange(request, marks, signal) {
      const frame = frameOf(request);
      marks.payloadBytesSent = Buffer.byteLength(frame);
      if (socket?.readyState !== WebSocket.OPEN) socket = await open(marks, signal);
      const queue = createEventQueue();
      current = { marks, queue };
      const onAbort = (): void => {
        queue.end(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort);
      try {
        marks.writeStartUs = nowUs();
        socket.send(frame, () => {
          marks.writeEndUs = nowUs();
        });
        yield* queue.drain();
      } finally {
        signal.removeEventListener('abort', onAbort);
        current = undefined;
      }
    },
    holdsSession: () => socket?.readyState === WebSocket.OPEN,
    compact: (request, marks, signal) => http.compact(request, marks, signal),
    async close() {
      await http.close();
      if (socket?.readyState === WebSocket.OPEN) await closeHandshake(socket);
      await Promise.all(connections.map((connection) => closeSocket(connection.socket)));
    },
  };
}

function urlOf(endpoint: Endpoint): string {
  const { protocol, host } = endpoint.baseUrl;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${requestPath(endpoint.baseUrl)}`;
}

function frameOf({ stream: _meaningless, ...request }: CreateRequest): string {
  const create: ResponseCreate = { type: 'response.create', ...request };
  return JSON.stringify(create);
}

/** Hands every frame to the exchange under way; listeners stay for the socket's whole life. */
function listen(
  socket: WebSocket,
  connection: Connection,
  current: () => Exchange | undefined,
): void {
  socket.on('message', (data: Buffer, isBinary) => {
    const arrivedUs = nowUs();
    const exchange = current();
    if (exchange === undefined) return;
    const { marks, queue } = exchange;
    if (!Number.isNaN(marks.terminalUs)) return;
    if (Number.isNaN(marks.firstByteUs)) {
      markFirstByte(marks, arrivedUs, connection.deliveredUs());
    }
    if (isBinary) queue.end(new EndpointFailure('protocol', 'a binary frame arrived'));
    else receiveEvent(data.toString(), arrivedUs, marks, queue);
    addParseTime(marks, arrivedUs);
  });
  socket.on('error', (cause) => {
    current()?.queue.end(new EndpointFailure('protocol', cause.message, { cause }));
  });
  socket.on('close', (code) => {
    const message = `the connection closed with code ${code} before the terminal event`;
    current()?.queue.end(new EndpointFailure('closed', message, { code: String(code) }));
  });
}

/** Says goodbye and waits for the answer, as long as the socket's own limit lets it. */
function closeHandshake(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.terminate();
    }, 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1000);
  });
}
