/** A request of more bytes is refused: 413 over HTTP, close code 1009 over WebSocket. */
export const MAX_BODY_BYTES = 16 * 1024 ** 2;

/** How long an idle HTTP connection is kept. */
export const KEEP_ALIVE_TIMEOUT_MS = 600_000;
