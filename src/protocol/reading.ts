import { isRecord, recordOf } from '../is-record.ts';
import { errorIn, wireErrorOf } from './error-shapes.ts';
import type { WireError } from './errors.ts';
import type { StreamEvent } from './events.ts';
import { codeOf, countOf, isTooDeep, mayBeTooDeep, statusOf } from './foreign.ts';
import type { WireItem } from './items.ts';

/** Tokens that a response declares; absent fields of older servers read as 0, null stands for what is no count. */
export interface ReadUsage {
  inputTokens: number | null;
  cachedTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
}

/** The end of a response, as told by its terminal event. */
export type Terminal =
  | { state: 'completed'; responseId: string; output: WireItem[]; usage: ReadUsage | undefined }
  | { state: 'incomplete'; reason: string; usage: ReadUsage | undefined }
  | { state: 'failed'; status: number | undefined; error: WireError };

/**
 * The event in one SSE `data` field or WebSocket message; undefined where there is none, but a heartbeat in whatever form
 * or an object of some other kind. An error that doesn't say that it is one is an `error` event.
 *
 * @param name what SSE calls it
 * @throws SyntaxError if it is an object that is garbled, or nested beyond reason.
 */
export function parseStreamEvent(text: string, name?: string): StreamEvent | undefined {
  const value = parse(text);
  if (!isRecord(value) || typeof value['type'] !== 'string') return unnamedError(value, name);
  if (mayBeTooDeep(text)) {
    // The rest, tools and instructions above all, is long, comes three times a step, and is never written out again.
    const { item, response } = value;
    if (isTooDeep(item) || (isRecord(response) && isTooDeep(response['output']))) {
      throw new SyntaxError('nested too deep');
    }
  }
  const event = value as StreamEvent;
  const saysWhatItIs = event.type.startsWith('response.') || event.type === 'error';
  return saysWhatItIs ? event : (unnamedError(value, name) ?? event);
}

/** JSON, or the text where it doesn't even begin as an object. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trimStart().startsWith('{')) throw error;
    return text;
  }
}

function unnamedError(value: unknown, name: string | undefined): StreamEvent | undefined {
  const failed = name === 'error';
  const text = failed && typeof value === 'string' && value !== '' ? { message: value } : value;
  const error = errorIn(text, failed);
  return error && { ...recordOf(value), type: 'error', error };
}

/**
 * Whether an event is about the answer: `response.*`, or the error that comes in its place. Keep-alives, rate limits,
 * timing and events that nobody knows are not.
 */
export function isOfAnswer({ type }: StreamEvent): boolean {
  if (type === 'error') return true;
  if (!type.startsWith('response.')) return false;
  // Most are, and need no look-up.
  return type.endsWith('.delta') || !ABOUT_NOTHING.has(type);
}

const ABOUT_NOTHING = new Set([
  'response.ping',
  'response.keep_alive',
  'response.keepalive',
  'response.heartbeat',
  'response.metadata',
]);

/** The id of the response that an event names, or undefined if it names none. */
export function responseIdOf(event: StreamEvent): string | undefined {
  const id = recordOf(event['response'])['id'] ?? event['response_id'];
  return typeof id === 'string' ? id : undefined;
}

/** The end of the response that an event tells, or undefined if more is to come. */
export function terminalOf(event: StreamEvent): Terminal | undefined {
  switch (event.type) {
    case 'response.completed':
    case 'response.done':
    case 'response.incomplete':
    case 'response.failed':
    case 'response.cancelled':
      return endOf(event);
    case 'error': {
      const said = { ...event, type: undefined };
      return {
        state: 'failed',
        status: statusOf(event['status'] ?? event['status_code']),
        error: wireErrorOf({ headers: event['headers'], ...(errorIn(said, true) ?? said) }),
      };
    }
    default:
      return undefined;
  }
}

/** How a response ended is what its status says where its event's name says no more than that it did. */
function endOf(event: StreamEvent): Terminal {
  const response = recordOf(event['response']);
  const named = event.type.slice('response.'.length);
  switch (named === 'completed' || named === 'done' ? response['status'] : named) {
    case 'incomplete':
      return {
        state: 'incomplete',
        reason: codeOf(recordOf(response['incomplete_details'])['reason']) ?? 'unknown',
        usage: usageOf(response['usage']),
      };
    case 'failed':
      return { state: 'failed', status: undefined, error: wireErrorOf(response['error']) };
    case 'cancelled': {
      const error = { code: 'cancelled', message: 'the response was cancelled' };
      return { state: 'failed', status: undefined, error };
    }
    default:
      return completedOf(event);
  }
}

/** The items in the answer of a compaction, or undefined if it is no such answer. */
export function compactedOf(json: Uint8Array): WireItem[] | undefined {
  try {
    const text = new TextDecoder().decode(json);
    const { output } = recordOf(JSON.parse(text));
    const isList = Array.isArray(output) && output.every(isRecord);
    return isList && !(mayBeTooDeep(text) && isTooDeep(output)) ? output : undefined;
  } catch {
    return undefined;
  }
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

/** The kind of output that a delta event carries, or undefined if the event is no output delta. */
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

function usageOf(value: unknown): ReadUsage | undefined {
  if (!isRecord(value)) return undefined;
  return {
    inputTokens: tokensOf(value['input_tokens']),
    cachedTokens: tokensOf(recordOf(value['input_tokens_details'])['cached_tokens']),
    outputTokens: tokensOf(value['output_tokens']),
    reasoningTokens: tokensOf(recordOf(value['output_tokens_details'])['reasoning_tokens']),
  };
}

function tokensOf(value: unknown): number | null {
  return countOf(value ?? 0) ?? null;
}
