/** Time limits of a session's connections. None of them ends a step by itself, but for a peer that is gone. */
export interface SessionLimits {
  /** How long opening a connection may take: name lookup, TCP, TLS and, for WebSocket, the upgrade. */
  connectTimeoutMs: number;
  /** How often a WebSocket is pinged; null: never. */
  pingIntervalMs: number | null;
  /** Age from which a WebSocket is replaced before its next exchange; null: never. */
  rotateMs: number | null;
  /** How long a kept connection may lie idle before it is closed; null: for ever. */
  idleCloseMs: number | null;
}

/** Rotation comes before the hour at which the Responses API ends a WebSocket. */
export const defaultSessionLimits: Readonly<SessionLimits> = {
  connectTimeoutMs: 10_000,
  pingIntervalMs: 30_000,
  rotateMs: 55 * 60_000,
  idleCloseMs: 10 * 60_000,
};
