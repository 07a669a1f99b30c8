import { isRecord } from '../../is-record.ts';
import type { ErrorFrame } from '../../protocol/errors.ts';
import { MAX_NAMED_LANES } from '../wire/limits.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';

/** The JSON object that a client sent, or why it is refused. */
export function parseMessage(data: Buffer, isBinary: boolean): Record<string, unknown> | Refusal {
  if (isBinary) return refuse(400, 'Expected a text frame, got a binary one.');
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return refuse(400, 'The message is not valid JSON.', { code: 'invalid_json' });
  }
  if (!isRecord(value)) return refuse(400, 'Expected a JSON object.', { code: 'invalid_json' });
  return value;
}

/** A message as a request, if it is a `response.create`. */
export function createOf(message: Record<string, unknown>): Record<string, unknown> | Refusal {
  if (message['type'] === 'response.create') return message;
  return refuse(400, "Expected 'type' to be 'response.create'.", { param: 'type' });
}

/** A refusal as it goes over WebSocket. */
export function errorFrame({ status, error, headers }: Refusal): ErrorFrame {
  // Clients look for the hints in either place.
  if (headers === undefined) return { type: 'error', status, error };
  return { type: 'error', status, error: { ...error, headers }, headers };
}

/** The refusal of a lane beyond those that a connection may name. */
export function tooManyLanes(): Refusal {
  const message = `Expected at most ${MAX_NAMED_LANES} distinct stream ids on one connection; use one of them again, or a new connection.`;
  return refuse(400, message, { code: 'websocket_stream_limit_reached', param: 'stream_id' });
}

/** The refusal that a connection is told at the end of its life. */
export function ageLimitReached(maxAgeMs: number): Refusal {
  const age =
    maxAgeMs % 60_000 === 0 ? `${maxAgeMs / 60_000} minutes` : `${maxAgeMs / 1000} seconds`;
  const message = `Responses websocket connection limit reached (${age}). Create a new websocket connection to continue.`;
  const refusal = refuse(400, message, { code: 'websocket_connection_limit_reached' });
  delete refusal.error.param;
  return refusal;
}

/** The words of newer servers for a response to continue that isn't there. */
export function invalidPrevious(): Refusal {
  const refusal = refuse(400, 'Invalid `previous_response_id`.');
  delete refusal.error.param;
  return refusal;
}
