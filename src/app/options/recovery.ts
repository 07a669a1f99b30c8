import { type PlainOptions, type ResolvedPlain, resolvePlain } from './plain.ts';
import { recoverySettings } from './settings/recovery.ts';

/** The ways in which a session deals with failures, and avoids some. */
export interface RecoveryOptions extends PlainOptions<typeof recoverySettings> {
  /** How often a step is tried again after 408, 409, 429 or 5xx. @default 0 */
  retries?: number;
  /** Also where a part of the output had already arrived. @default false */
  retryPartial?: boolean;
  /** Whether a session goes on over HTTP where its WebSocket is refused. @default true */
  fallback?: boolean;
  /** How long after a refusal WebSocket is tried again. @default 30000 */
  coolDownMs?: number;
  /** The age at which a WebSocket is replaced, between two steps; null: never. @default 3300000 */
  rotateMs?: number | null;
  /** How often a WebSocket is pinged; null: never. @default 30000 */
  pingIntervalMs?: number | null;
  /** A kept connection that has been idle for longer is closed; null: never. @default 600000 */
  idleCloseMs?: number | null;
  /** How long a connection may take to open: DNS, TCP, TLS and the upgrade together. @default 10000 */
  connectTimeoutMs?: number;
}

/** The same with every default filled in. */
export type ResolvedRecovery = ResolvedPlain<typeof recoverySettings>;

/**
 * The recovery options with defaults filled in, every value checked.
 * @throws UsageError for the first value that is no good.
 */
export function resolveRecovery(options: RecoveryOptions = {}): ResolvedRecovery {
  return resolvePlain(recoverySettings, options);
}
