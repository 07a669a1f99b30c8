import { type ListenerLimits, listenerLimits, MAX_BODY_BYTES } from '../../listen/limits.ts';

/** A request of more bytes is refused: 413 over HTTP, close code 1009 over WebSocket. */
export { MAX_BODY_BYTES };

/** The patience of the mock with a connection; tests are less patient. */
export interface ConnectionLimits extends ListenerLimits {
  /** Between two protocol pings of a WebSocket; a client that leaves one unanswered until the next is closed. */
  pingIntervalMs: number;
}

/** The limits unless told. */
export const connectionLimits: ConnectionLimits = { ...listenerLimits, pingIntervalMs: 30_000 };

/** Responses that one WebSocket connection may have under way; further ones wait. */
export const MAX_ACTIVE_RESPONSES = 16;

/** Distinct lane names that one WebSocket connection may use in its life. */
export const MAX_NAMED_LANES = 32;

/** The age that a WebSocket connection may reach unless told otherwise: 60 minutes, as the live service has it. */
export const MAX_AGE_MS = 3_600_000;

/** Messages, and their bytes, that may wait for their turn before the connection is no longer read. */
export const MAX_QUEUED_MESSAGES = 64;
export const MAX_QUEUED_BYTES = 2 * MAX_BODY_BYTES;

/** Requests of one HTTP/1 connection that may wait for their answers; with more it is closed. */
export const MAX_PIPELINED_REQUESTS = 64;

/** Bytes that may wait for a slow reader before its stream rests. */
export const MAX_WAITING_BYTES = 1024 ** 2;

/** The longest delay that a timer takes. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
