import { type Connector, type ConnectorName, connectors } from './connectors.ts';
import { createHttpTransport } from './http/http.ts';
import { defaultSessionLimits, type SessionLimits } from './session-limits.ts';
import type { Endpoint, Transport } from './transport.ts';
import { createWebSocketTransport } from './ws/websocket.ts';

/** One arm of the comparison. */
export interface TransportPolicy {
  /** How its requests get a connection. */
  connection: ConnectorName;
  /** `full`: every request carries the whole history; `incremental`: only what is new, and the previous response's id. */
  context: 'full' | 'incremental';
  /** Whether the server is asked to keep responses beyond the connection. */
  store: boolean;
  /** Whether the session begins with a request that only fills the connection's cache (`generate: false`). */
  warm: boolean;
}

const rows = {
  http: { connection: 'per-call', context: 'full', store: false, warm: false },
  'http-keepalive': { connection: 'kept', context: 'full', store: false, warm: false },
  'http-pooled': { connection: 'pooled', context: 'full', store: false, warm: false },
  http2: { connection: 'http2', context: 'full', store: false, warm: false },
  'http-chained': { connection: 'kept', context: 'incremental', store: true, warm: false },
  'ws-full': { connection: 'websocket', context: 'full', store: false, warm: false },
  ws: { connection: 'websocket', context: 'incremental', store: false, warm: false },
  'ws-warm': { connection: 'websocket', context: 'incremental', store: false, warm: true },
} as const satisfies Record<string, TransportPolicy>;

/** The transports that can be compared, each a connection policy and a context policy. */
export type TransportName = keyof typeof rows;

/** All transports by name: add an arm by adding a row. */
export const transports: Readonly<Record<TransportName, TransportPolicy>> = rows;

/** The connector of a transport: what its connections can do. */
export function connectorOf(name: TransportName): Connector {
  return connectors[transports[name].connection];
}

/** A transport for one session. */
export function createTransport(
  name: TransportName,
  endpoint: Endpoint,
  limits: SessionLimits = defaultSessionLimits,
): Transport {
  return connect(transports[name].connection, endpoint, limits);
}

/** A transport for one session over a way to connect, whatever its requests carry. */
export function connect(
  connector: ConnectorName,
  endpoint: Endpoint,
  limits: SessionLimits,
): Transport {
  if (connector === 'websocket') return createWebSocketTransport(endpoint, limits);
  return createHttpTransport(endpoint, httpPolicies[connector], shorten(limits, connector));
}

const httpPolicies = {
  'per-call': 'per-call',
  kept: 'kept',
  pooled: 'kept',
  http2: 'http2',
} as const;

function shorten(limits: SessionLimits, connector: ConnectorName): SessionLimits {
  const { dropsIdleMs } = connectors[connector];
  if (dropsIdleMs === null) return limits;
  return { ...limits, idleCloseMs: Math.min(limits.idleCloseMs ?? Infinity, dropsIdleMs) };
}

/** Whether a text names a transport. */
export function isTransportName(text: string): text is TransportName {
  return Object.hasOwn(transports, text);
}
