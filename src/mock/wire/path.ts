import type { IncomingMessage } from 'node:http';

/** The path where responses are created, over HTTP and WebSocket alike. */
export const RESPONSES_PATH = '/v1/responses';

/**
 * The path that a request asks for, without its query. By hand, because `new URL` throws on some of what clients send.
 */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** The query of a request. */
export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '/';
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
