import { UsageError } from '../../errors.ts';
import { defaultRecovery } from '../../runner/recovery.ts';
import { defaultSessionLimits } from '../../transport/session-limits.ts';

/** What a session does when something fails, and what it does so that less fails. */
export interface RecoveryOptions {
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
  /** A WebSocket that has been idle for longer is closed; null: never. @default 600000 */
  idleCloseMs?: number | null;
  /** How long a connection may take to open: DNS, TCP, TLS and the upgrade together. @default 10000 */
  connectTimeoutMs?: number;
}

/** The same with every default filled in. */
export type ResolvedRecovery = Required<RecoveryOptions>;

const MAX_RETRIES = 100;
const MAX_MS = 24 * 3_600_000;

/**
 * Fills in the defaults and checks every value.
 * @throws UsageError for the first value that is no good.
 */
export function resolveRecovery(options: RecoveryOptions = {}): ResolvedRecovery {
  const defaults = { ...defaultRecovery, ...defaultSessionLimits };
  return {
    retries: checkRetries(options.retries ?? defaults.retries),
    retryPartial: options.retryPartial ?? defaults.retryPartial,
    fallback: options.fallback ?? true,
    coolDownMs: checkTime('cool-down', options.coolDownMs ?? 30_000, 0),
    rotateMs: checkTimeOrNone('rotate', options.rotateMs, defaults.rotateMs),
    pingIntervalMs: checkTimeOrNone('ping', options.pingIntervalMs, defaults.pingIntervalMs),
    idleCloseMs: checkTimeOrNone('idle close', options.idleCloseMs, defaults.idleCloseMs),
    connectTimeoutMs: checkTime(
      'connect timeout',
      options.connectTimeoutMs ?? defaults.connectTimeoutMs,
      1,
    ),
  };
}

function checkRetries(retries: number): number {
  if (Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES) return retries;
  throw new UsageError(
    `retries: expected a whole number from 0 to ${MAX_RETRIES}, got ${String(retries)}`,
  );
}

function checkTimeOrNone(
  name: string,
  ms: number | null | undefined,
  defaultMs: number | null,
): number | null {
  const chosen = ms === undefined ? defaultMs : ms;
  return chosen === null ? null : checkTime(name, chosen, 1);
}

function checkTime(name: string, ms: number, minMs: 0 | 1): number {
  if (ms >= minMs && ms <= MAX_MS) return ms;
  throw new UsageError(`${name}: expected a time from ${minMs}ms to 24h, got ${ms} ms`);
}
