import { DialError, type DialPhase } from '../network/dial-error.ts';
import { type Proxy, proxyUrl } from '../network/proxy.ts';
import type { WireError } from '../protocol/errors.ts';
import { codeOf, plainText, statusOf } from '../protocol/foreign.ts';
import { type HintHeaders, retryHintOf } from './retry-hint.ts';

/** The kind of what went wrong at the endpoint. */
export type FailureKind =
  | 'unreachable'
  | 'proxy'
  | 'tls'
  | 'upgrade_refused'
  | 'http_status'
  | 'not_responses'
  | 'api_error'
  | 'incomplete'
  | 'protocol'
  | 'closed'
  | 'timeout'
  /** Not the endpoint's: this process or machine had no socket left. */
  | 'own_limit'
  /** Not the endpoint's: an exception of ours in the middle of a session. */
  | 'internal';

interface FailureDetails {
  /** HTTP status, or the one in an error frame. */
  status?: number | undefined;
  /** Error code of the API, of the socket, or a close code. */
  code?: string | undefined;
  /** The field of the request that the API names. */
  param?: string | undefined;
  /** How long the server asks us to wait before we try again. */
  retryAfterMs?: number | undefined;
  /** What the server says of trying again, if it does. */
  retryable?: boolean | undefined;
  cause?: unknown;
}

/**
 * The endpoint failed: data for the record, not a fault of ours. `message` may quote the endpoint, so it is for
 * the terminal only (redacted there) and never enters a result.
 */
export class EndpointFailure extends Error {
  override name = 'EndpointFailure';
  readonly kind: FailureKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean | undefined;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(plainText(message), { cause: details.cause });
    this.kind = kind;
    this.status = statusOf(details.status);
    this.code = codeOf(details.code);
    this.param = codeOf(details.param);
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable;
  }
}

/** A failed dial as a failure of the endpoint; anything else comes back as it is. */
export function dialFailure(error: Error): Error {
  if (!(error instanceof DialError)) return error;
  const { phase, status, message } = error;
  const { code } = error.cause as NodeJS.ErrnoException;
  const kind = kindsOfPhase[phase];
  return new EndpointFailure(kind, message, {
    status,
    code: code ?? (status === undefined ? phase : undefined),
    cause: error,
  });
}

const kindsOfPhase = {
  socket: 'own_limit',
  dns: 'unreachable',
  tcp: 'unreachable',
  proxy: 'proxy',
  tls: 'tls',
} as const satisfies Record<DialPhase, FailureKind>;

/** A connection that was not there in time. */
export function noConnection(timeoutMs: number, proxy?: Proxy): EndpointFailure {
  const through = proxy ? ` through the proxy ${proxyUrl(proxy)}` : '';
  return new EndpointFailure('timeout', `no connection${through} within ${timeoutMs} ms`, {
    code: 'connect',
  });
}

/** An error of the API: in an HTTP error body, an error frame or a failed response. */
export function apiFailure(
  kind: 'http_status' | 'api_error' | 'upgrade_refused',
  status: number | undefined,
  error: WireError,
  headers: HintHeaders = {},
): EndpointFailure {
  return new EndpointFailure(kind, error.message, {
    status,
    code: errorCode(status, error),
    param: error.param ?? undefined,
    ...retryHintOf({ ...error.headers, ...headers }),
  });
}

/** A lost parent has a code, or none that says so and a message: services differ. */
function errorCode(status = 400, { code, type, message }: WireError): string | undefined {
  const isNamed = code !== null && !/^\d+$/.test(code);
  if (!isNamed && (status === 400 || status === 404) && isLostParent.test(message)) {
    return 'previous_response_not_found';
  }
  return code ?? type;
}

const isLostParent =
  /^invalid \W?previous_response_id\b|\bprevious[_ ]response\b.*\b(not found|expired|unknown|no longer|does not exist)\b/i;
