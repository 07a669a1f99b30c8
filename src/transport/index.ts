import { createHttpTransport } from './http.ts';
import type { Endpoint, Transport } from './transport.ts';
import { createWebSocketTransport } from './websocket.ts';

/** The transports that can be compared, each a connection policy and a context policy. */
export type TransportName = 'http' | 'http-keepalive' | 'ws';

/** One arm of the comparison. */
export interface TransportPolicy {
  /** `per-call`: a new connection for every request; `kept`: one HTTP connection; `websocket`: one socket. */
  connection: 'per-call' | 'kept' | 'websocket';
  /** `full`: every request carries the whole history; `incremental`: only what is new, and the previous response's id. */
  context: 'full' | 'incremental';
  /** Whether the server is asked to keep responses beyond the connection. */
  store: boolean;
}

/** All transports by name: add an arm by adding a row. */
export const transports: Readonly<Record<TransportName, TransportPolicy>> = {
  http: { connection: 'per-call', context: 'full', store: false },
  'http-keepalive': { connection: 'kept', context: 'full', store: false },
  ws: { connection: 'websocket', context: 'incremental', store: false },
};

/** A transport for one session. */
export function createTransport(name: TransportName, endpoint: Endpoint): Transport {
  const { connection } = transports[name];
  return connection === 'websocket'
    ? createWebSocketTransport(endpoint)
    : createHttpTransport(endpoint, connection);
}

/** Whether a text names a transport. */
export function isTransportName(text: string): text is TransportName {
  return Object.hasOwn(transports, text);
}
