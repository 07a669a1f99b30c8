/** A connector: what a way to connect can do; plain data, which `structuredClone` copies. */
export interface Connector {
  /** What the requests of a session go over. */
  carrier: 'http' | 'websocket';
  /** Whether a connection holds what the server learnt over it, so that it can be warmed and lost. */
  keepsSession: boolean;
  /** Whether it can be had with TLS only. */
  needsTls: boolean;
  /** The pause after which the client itself drops a connection that it kept; null: only what the run allows ends it. */
  dropsIdleMs: number | null;
  /** What a session goes on over where the endpoint refuses it; null: nothing can take over. */
  fallback: 'kept' | null;
}

const http = {
  carrier: 'http',
  keepsSession: false,
  needsTls: false,
  dropsIdleMs: null,
  fallback: null,
} as const;

/** All ways to connect by name. */
export const connectors = {
  /** A new connection for every request. */
  'per-call': http,
  /** One connection of HTTP/1.1 for the session. */
  kept: http,
  /** The same, dropped after a pause of 4 s, as the pool behind Node's `fetch` does (undici's `keepAliveTimeout`). */
  pooled: { ...http, dropsIdleMs: 4_000 },
  /** One connection of HTTP/2 for the session. */
  http2: { ...http, needsTls: true },
  /** One socket for the session. */
  websocket: { ...http, carrier: 'websocket', keepsSession: true, fallback: 'kept' },
} as const satisfies Record<string, Connector>;

export type ConnectorName = keyof typeof connectors;
