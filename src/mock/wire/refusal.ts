import type { WireError } from '../../protocol/errors.ts';

/** No JSON can hold a symbol, so nothing that a client sends passes for a refusal. */
const REFUSAL = Symbol('refusal');

/** A request that is not served: the HTTP status, and the error object of the body or of the WebSocket frame. */
export interface Refusal {
  kind: typeof REFUSAL;
  status: number;
  error: WireError;
  /** Hints such as `retry-after`: headers over HTTP, in the frame over WebSocket. */
  headers?: Record<string, string>;
}

/** A refusal of type `invalid_request_error`; `code` and `param` are null unless named. */
export function refuse(
  status: number,
  message: string,
  { code = null, param = null }: { code?: string | null; param?: string | null } = {},
): Refusal {
  return {
    kind: REFUSAL,
    status,
    error: { type: 'invalid_request_error', code, message, param },
  };
}

/** The mark that tells a refusal from any other object. */
export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && value.kind === REFUSAL;
}
