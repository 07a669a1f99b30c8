import { createHttpTransport, type HttpPolicy } from './http.ts';
import { defaultSessionLimits, type SessionLimits } from './session-limits.ts';
import type { Endpoint, Transport } from './transport.ts';
import { createWebSocketTransport } from './websocket.ts';

/** The transports that can be compared, each a connection policy and a context policy. */
export type TransportName =
  | 'http'
  | 'http-keepalive'
  | 'http2'
  | 'http-chained'
  | 'ws-full'
  | 'ws'
  | 'ws-warm';

/** One arm of the comparison. */
export interface TransportPolicy {
  /** `per-call`: a new connection for every request; `kept`, `http2`: one for the session; `websocket`: one socket. */
  connection: HttpPolicy | 'websocket';
  /** `full`: every request carries the whole history; `incremental`: only what is new, and the previous response's id. */
  context: 'full' | 'incremental';
  /** Whether the server is asked to keep responses beyond the connection. */
  store: boolean;
  /** Whether the session begins with a request that only fills the connection's cache (`generate: false`). */
  warm: boolean;
}

/** All transports by name: add an arm by adding a row. */
export const transports: Readonly<Record<TransportName, TransportPolicy>> = {
  http: { connection: 'per-call', context: 'full', store: false, warm: false },
  'http-keepalive': { connection: 'kept', context: 'full', store: false, warm: false },
  http2: { connection: 'http2', context: 'full', store: false, warm: false },
  'http-chained': { connection: 'kept', context: 'incremental', store: true, warm: false },
  'ws-full': { connection: 'websocket', context: 'full', store: false, warm: false },
  ws: { connection: 'websocket', context: 'incremental', store: false, warm: false },
  'ws-warm': { connection: 'websocket', context: 'incremental', store: false, warm: true },
};

/** A transport for one session. */
export function createTransport(
  name: TransportName,
  endpoint: Endpoint,
  limits: SessionLimits = defaultSessionLimits,
): Transport {
  const { connection } = transports[name];
  return connection === 'websocket'
    ? createWebSocketTransport(endpoint, limits)
    : createHttpTransport(endpoint, connection, limits);
}

/** Whether a text names a transport. */
export function isTransportName(text: string): text is TransportName {
  return Object.hasOwn(transports, text);
}
