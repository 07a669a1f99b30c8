/** The patience of a listener with a connection. */
export interface ListenerLimits {
  /** How long a client may take for a request's head, and for the TLS handshake. */
  headersTimeoutMs: number;
  /** The same for a whole request. */
  requestTimeoutMs: number;
  /** How long an idle HTTP connection is kept. */
  keepAliveTimeoutMs: number;
  /** Connections at a time; further ones are closed at once. */
  maxConnections: number;
}

/** The limits unless told. */
export const listenerLimits: ListenerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 600_000,
  maxConnections: 10_000,
};

/** Bytes of a request's head; coding agents send several long headers. */
export const MAX_HEADER_BYTES = 32 * 1024;

/** Requests that one HTTP/2 connection may have under way. */
export const MAX_HTTP2_STREAMS = 256;

/** Bytes of a request's body; servers refuse longer ones. */
export const MAX_BODY_BYTES = 16 * 1024 ** 2;
