import WebSocket from 'ws';
import { isRecord } from '../../is-record.ts';
import { dial } from '../../network/dial.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { dialTargetOf, requestPath } from '../../transport/target.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { billedTokens, errorCodeOf, responseIn } from './response-facts.ts';

/** A WebSocket to an endpoint, for questions. */
export interface AskedSocket {
  /** Whether both sides compress. */
  readonly deflate: boolean;
  /** That the server chose; '' for none. */
  readonly protocol: string;
  isOpen(): boolean;
  /** Sends a `response.create`; resolves at its terminal event, or the error in its place. */
  ask(fields: object): Promise<SocketAnswer>;
  /** Milliseconds until a ping came back. */
  ping(): Promise<number>;
  /** How it was closed, if it was. */
  closedBy(): string | undefined;
  close(): void;
}

/** The events of one answer. */
export interface SocketAnswer {
  events: Record<string, unknown>[];
  response: Record<string, unknown>;
  /** Of the error in its place. */
  error: string | undefined;
}

interface Waiting {
  lane: string;
  events: Record<string, unknown>[];
  resolve: (answer: SocketAnswer) => void;
  reject: (error: Error) => void;
}

/**
 * An open WebSocket of an endpoint.
 * @param limit how long one thing may take, as a signal that begins now
 * @throws Error that says how the upgrade ended
 */
export async function openAskedSocket(
  endpoint: Endpoint,
  {
    deflate,
    protocols,
    defaults,
    count,
    tooOld,
    limit,
  }: {
    deflate: boolean;
    /** To offer. */
    protocols: readonly string[];
    /** Fields of every request. */
    defaults: object;
    /** Told of every answer's tokens. */
    count: (tokens: number) => void;
    /** Told once the server says that the connection is too old, with its age. */
    tooOld: (ageMs: number) => void;
    limit: () => AbortSignal;
  },
): Promise<AskedSocket> {
  const connection = await dial(dialTargetOf(endpoint), limit());
  const url = `${endpoint.baseUrl.origin.replace(/^http/, 'ws')}${requestPath(endpoint)}`;
  const socket = new WebSocket(url, [...protocols], {
    createConnection: () => connection.socket,
    perMessageDeflate: deflate,
    headers: endpoint.headers,
  });
  await opened(socket, limit());
  const openMs = performance.now();
  const waiting: Waiting[] = [];
  let closed: string | undefined;

  socket.on('message', (data: Buffer) => {
    const event = parsed(data.toString());
    if (errorCodeOf(event) === AGE_LIMIT) tooOld(performance.now() - openMs);
    const lane = stringOf(event['stream_id']);
    // One that ignores lanes answers in the order in which it was asked.
    const index = Math.max(
      0,
      waiting.findIndex((each) => each.lane === lane),
    );
    const asked = waiting[index];
    if (asked === undefined) return;
    asked.events.push(event);
    if (!terminal.test(stringOf(event['type']))) return;
    waiting.splice(index, 1);
    const response = responseIn(asked.events);
    count(billedTokens(response));
    asked.resolve({ events: asked.events, response, error: errorCodeOf(event) });
  });
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    closed = `closed with ${code}`;
    for (const { reject } of waiting.splice(0)) reject(new Error(closed));
  });

  return {
    deflate: socket.extensions.includes('permessage-deflate'),
    protocol: socket.protocol,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    closedBy: () => closed,
    ask(fields) {
      const signal = limit();
      const request = { type: 'response.create', ...defaults, ...fields };
      const lane = stringOf((request as Record<string, unknown>)['stream_id']);
      return new Promise((resolve, reject) => {
        if (closed !== undefined) throw new Error(closed);
        waiting.push({ lane, events: [], resolve, reject });
        signal.addEventListener('abort', () => {
          reject(new Error('no answer in time'));
          // Whatever comes late would be taken for the next one's.
          socket.terminate();
        });
        socket.send(JSON.stringify(request));
      });
    },
    ping() {
      const signal = limit();
      const startMs = performance.now();
      return new Promise((resolve, reject) => {
        socket.once('pong', () => {
          resolve(performance.now() - startMs);
        });
        socket.once('close', () => {
          reject(new Error(closed));
        });
        signal.addEventListener('abort', () => {
          reject(new Error('no pong in time'));
        });
        socket.ping();
      });
    },
    close: () => {
      socket.terminate();
    },
  };
}

/** The code of a connection's end for its age. */
export const AGE_LIMIT = 'websocket_connection_limit_reached';

const terminal = /^(error|response\.(completed|incomplete|failed|cancelled))$/;

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_, { statusCode }) => {
      reject(new Error(`status ${statusCode ?? 'unknown'} in place of 101`));
      socket.terminate();
    });
    signal.addEventListener('abort', () => {
      reject(new Error('no answer to the upgrade in time'));
      socket.terminate();
    });
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
