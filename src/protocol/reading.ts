import { isRecord, recordOf } from '../is-record.ts';
import type { WireError } from './errors.ts';
import type { StreamEvent } from './events.ts';
import type { WireItem } from './items.ts';

/** Tokens that a response declares; absent fields of older servers read as 0. */
export interface ReadUsage {
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** How a response ended, as told by its terminal event. */
export type Terminal =
  | { state: 'completed'; responseId: string; output: WireItem[]; usage: ReadUsage | undefined }
  | { state: 'incomplete'; reason: string; usage: ReadUsage | undefined }
  | { state: 'failed'; status: number | undefined; error: WireError };

/**
 * The event in one SSE `data` field or WebSocket message.
 * @throws SyntaxError if it is no JSON object with a string `type`.
 */
export function parseStreamEvent(json: string): StreamEvent {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value) || typeof value['type'] !== 'string') {
    throw new SyntaxError('expected a JSON object with a string "type"');
  }
  return value as StreamEvent;
}

/** What an event ends the response with, or undefined if more is to come. */
export function terminalOf(event: StreamEvent): Terminal | undefined {
  switch (event.type) {
    case 'response.completed':
    case 'response.done':
      return completedOf(event);
    case 'response.incomplete': {
      const response = recordOf(event['response']);
      const reason = recordOf(response['incomplete_details'])['reason'];
      return {
        state: 'incomplete',
        reason: typeof reason === 'string' ? reason : 'unknown',
        usage: usageOf(response['usage']),
      };
    }
    case 'response.failed':
      return {
        state: 'failed',
        status: undefined,
        error: wireErrorOf(recordOf(event['response'])['error']),
      };
    case 'error': {
      // Two shapes exist: the error nested beside a status, and all fields flat.
      const status = event['status'] ?? event['status_code'];
      const error = isRecord(event['error']) ? event['error'] : { ...event, type: undefined };
      return {
        state: 'failed',
        status: typeof status === 'number' ? status : undefined,
        error: wireErrorOf({ headers: event['headers'], ...error }),
      };
    }
    default:
      return undefined;
  }
}

/** The items in the answer of a compaction, or undefined if it is no such answer. */
export function compactedOf(json: Uint8Array): WireItem[] | undefined {
  let output;
  try {
    output = recordOf(JSON.parse(new TextDecoder().decode(json)))['output'];
  } catch {
    return undefined;
  }
  return Array.isArray(output) && output.every(isRecord) ? output : undefined;
}

function completedOf(event: StreamEvent): Terminal {
  const response = recordOf(event['response']);
  const { id, output, usage } = response;
  if (typeof id !== 'string') {
    const message = `${event.type} carries no response id`;
    return { state: 'failed', status: undefined, error: { code: 'invalid_event', message } };
  }
  return {
    state: 'completed',
    responseId: id,
    output: Array.isArray(output) ? output.filter(isRecord) : [],
    usage: usageOf(usage),
  };
}

/** The item that an event says is done, or undefined if it carries none. */
export function doneItemOf(event: StreamEvent): WireItem | undefined {
  const item = event.type === 'response.output_item.done' ? event['item'] : undefined;
  return isRecord(item) ? item : undefined;
}

/** What kind of output a delta event carries, or undefined if the event is no output delta. */
export function deltaKindOf(type: string): 'visible' | 'reasoning' | undefined {
  if (!type.endsWith('.delta')) return undefined;
  switch (type) {
    case 'response.output_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
    case 'response.refusal.delta':
      return 'visible';
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      return 'reasoning';
    default:
      return undefined;
  }
}

/** The error object of a body or frame, whatever of it is there. */
export function wireErrorOf(value: unknown): WireError {
  const { type, code, message, param, headers } = recordOf(value);
  return {
    ...(typeof type === 'string' && { type }),
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? message : 'no message',
    ...(typeof param === 'string' && { param }),
    ...(isRecord(headers) && { headers: headersOf(headers) }),
  };
}

function headersOf(headers: Record<string, unknown>): Record<string, string> {
  const plain = Object.entries(headers).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function usageOf(value: unknown): ReadUsage | undefined {
  if (!isRecord(value)) return undefined;
  return {
    inputTokens: numberOf(value['input_tokens']),
    cachedTokens: numberOf(recordOf(value['input_tokens_details'])['cached_tokens']),
    outputTokens: numberOf(value['output_tokens']),
    reasoningTokens: numberOf(recordOf(value['output_tokens_details'])['reasoning_tokens']),
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
