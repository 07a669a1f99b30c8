import type { EndpointFailure } from '../../transport/failure.ts';
import type { OmittableField } from '../request/shape.ts';
import { type Backoff, retryDelayMs } from './backoff.ts';

/** A remedy for a failed attempt. */
export type Recovery =
  /** A new connection, at once. */
  | { action: 'reconnect' }
  /** The same again over the same connection, this time with the whole history. */
  | { action: 'resend' }
  /** A new connection, because the server wants this one to end. */
  | { action: 'rotate' }
  /** HTTP instead of WebSocket, at once. */
  | { action: 'fall_back' }
  /** The same again, later. */
  | { action: 'retry'; afterMs: number }
  /** The same again, without a field that the endpoint refuses. */
  | { action: 'leave_out'; field: OmittableField }
  /** The step has failed. */
  | { action: 'give_up' };

/** The limits of recovery. */
export interface RecoveryLimits {
  /** Times that a step is tried again after the server refused it or was out of reach. */
  retries: number;
  /** Whether a step is tried again although some of its output was seen already. */
  retryPartial: boolean;
  /** New connections per step, after lost ones. */
  maxReconnects: number;
}

/** The limits unless told: lost connections are replaced, refusals are final. */
export const defaultRecovery: RecoveryLimits = {
  retries: 0,
  retryPartial: false,
  maxReconnects: 2,
};

/** The situation in which an attempt failed; `reconnects` and `retries` are the step's so far. */
export interface Situation extends Backoff {
  /** An output delta was seen: to ask again means to pay again, and maybe for something else. */
  outputBegan: boolean;
  reconnects: number;
  /** Connections of the step that closed before a word of the answer, this one included. */
  unheard: number;
  /** The request named a previous response: the whole history can still be sent in its place. */
  continued: boolean;
  /** Whether HTTP stands by. */
  mayFallBack: boolean;
  /** What the endpoint refuses of the request, if it can do without. */
  dispensable: OmittableField | undefined;
}

/** What recovery knows of a failure. */
export type Cause = Pick<
  EndpointFailure,
  'kind' | 'status' | 'code' | 'retryAfterMs' | 'retryable'
>;

const giveUp = { action: 'give_up' } as const;

/** The recovery policy, rule by rule: the first that fits decides. */
export function decide(cause: Cause, situation: Situation, limits: RecoveryLimits): Recovery {
  const { continued, dispensable, mayFallBack, outputBegan, reconnects, unheard } = situation;
  const mayReconnect = reconnects < limits.maxReconnects;
  if (outputBegan && !limits.retryPartial) return giveUp;
  if (dispensable !== undefined) return { action: 'leave_out', field: dispensable };
  if (cause.code === 'previous_response_not_found') {
    return continued ? { action: 'resend' } : giveUp;
  }
  if (cause.code === 'websocket_connection_limit_reached') {
    return mayReconnect ? { action: 'rotate' } : giveUp;
  }
  if (noWebSocketHere(cause)) return mayFallBack ? { action: 'fall_back' } : giveUp;
  if (mayFallBack && (isTooBig(cause) || (cause.kind === 'closed' && unheard > 1))) {
    return { action: 'fall_back' };
  }
  if (connectionLost(cause)) {
    if (mayReconnect) return { action: 'reconnect' };
    // Something on the way may let HTTP through and nothing else.
    return cause.kind === 'upgrade_refused' && mayFallBack ? { action: 'fall_back' } : giveUp;
  }
  if (cause.retryable ?? isTransient(cause)) {
    const afterMs =
      situation.retries < limits.retries ? retryDelayMs(cause.retryAfterMs, situation) : undefined;
    if (afterMs !== undefined) return { action: 'retry', afterMs };
    // The upgrade alone may be what is overloaded.
    return cause.kind === 'upgrade_refused' && mayFallBack ? { action: 'fall_back' } : giveUp;
  }
  return giveUp;
}

/**
 * A failure under the name of what it means: whatever a server calls it, what isn't found is the response that the request
 * went on from, if it went on from one.
 */
export function causeOf(failure: EndpointFailure, continued: boolean): Cause {
  const { kind, status, code, retryAfterMs, retryable } = failure;
  const notFound = (kind === 'http_status' || kind === 'api_error') && statusIn(failure) === 404;
  const isParent = continued && notFound && !/model|deployment/i.test(code ?? '');
  const named = isParent ? 'previous_response_not_found' : code;
  return { kind, status, code: named, retryAfterMs, retryable };
}

const REFUSES_UPGRADES = new Set([400, 403, 404, 405, 426, 501]);

/**
 * The server, or what stands in front of it, speaks no WebSocket; or whoever should answer is silent. To answer with
 * a page or a redirect is to overlook the upgrade (RFC 9110, section 7.8), 400 to take offence (RFC 6455, section 4.2.1).
 */
function noWebSocketHere({ kind, status, code }: Cause): boolean {
  if (kind === 'upgrade_refused') {
    if (status === undefined) return code === 'timeout';
    return status < 400 || REFUSES_UPGRADES.has(status);
  }
  return kind === 'timeout' && code === 'connect';
}

/** Frames have limits that requests over HTTP don't have (RFC 6455, section 7.4.1). */
function isTooBig({ kind, status, code }: Cause): boolean {
  return kind === 'closed' ? code === '1009' : kind === 'api_error' && status === 413;
}

/** What comes again however often it is tried: a server without HTTP/2 stays one, an endless answer has no end. */
const STAYS = new Set<string | undefined>(['no_h2', 'too_long', 'content_encoding']);

function connectionLost({ kind, status, code }: Cause): boolean {
  const brokenOff = kind === 'upgrade_refused' && status === undefined;
  return brokenOff || kind === 'closed' || (kind === 'protocol' && !STAYS.has(code));
}

const PASSES = new Set<string | undefined>([
  'server_error',
  'server_is_overloaded',
  'server_overloaded',
  'internal_server_error',
  'overloaded_error',
  'service_unavailable',
  'rate_limit_exceeded',
  'rate_limit_error',
  'too_many_requests',
  'slow_down',
]);

/** Whether it may go well later: too busy, conflict, out of order; not out of money. */
function isTransient(cause: Cause): boolean {
  const { kind, code } = cause;
  const status = statusIn(cause);
  if (kind === 'unreachable' || kind === 'own_limit') return true;
  if (kind === 'proxy') return status === undefined || passes(status);
  if (kind !== 'http_status' && kind !== 'api_error' && kind !== 'upgrade_refused') return false;
  if (/^(insufficient_quota|credit_balance_exhausted)$|_limit_exceeded$/.test(code ?? '')) {
    return code === 'rate_limit_exceeded';
  }
  return status === undefined ? PASSES.has(code?.toLowerCase()) : passes(status);
}

/** An HTTP status, or the code that stands for one where there is none. */
function statusIn({ status, code = '' }: Pick<Cause, 'status' | 'code'>): number | undefined {
  return status ?? (/^[45]\d\d$/.test(code) ? Number(code) : undefined);
}

function passes(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || status >= 500;
}
