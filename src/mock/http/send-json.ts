import type { ServerResponse } from 'node:http';
import type { ErrorBody } from '../../protocol/errors.ts';
import type { Refusal } from '../wire/refusal.ts';

/** Sends one JSON body and ends the response. */
export function sendJson(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

/** Sends the error body of a refusal, with its hints as headers. */
export function sendRefusal(
  response: ServerResponse,
  { status, error, headers }: Refusal,
  allowed: readonly string[] = [],
): void {
  const body: ErrorBody = { error };
  if (allowed.length > 0) response.setHeader('allow', allowed.join(', '));
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  sendJson(response, status, JSON.stringify(body));
}
