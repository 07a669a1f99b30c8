import { isRecord, recordOf } from '../../is-record.ts';
import { codeOf, countOf, stringOf } from '../../protocol/foreign.ts';

/*
 * What a response, or the error in its place, says of itself; never what the model said.
 */

/** The tokens that it was billed with. */
export function billedTokens({ usage }: Record<string, unknown>): number {
  const { input_tokens: input, output_tokens: output } = recordOf(usage);
  return (countOf(input) ?? 0) + (countOf(output) ?? 0);
}

/** The code of an error, or its type, wherever in a body or event it stands. */
export function errorCodeOf(value: Record<string, unknown> | undefined): string | undefined {
  const flat = value?.['type'] === 'error' ? value : undefined;
  const error = value?.['error'] ?? recordOf(value?.['response'])['error'] ?? flat;
  if (!isRecord(error)) return undefined;
  if (error === flat) return codeOf(error['code']) ?? 'an error without a code';
  return codeOf(error['code']) ?? codeOf(error['type']) ?? 'an error without a code';
}

/** The response in the last event, with the items of the events before where it has none of its own. */
export function responseIn(events: readonly Record<string, unknown>[]): Record<string, unknown> {
  const response = recordOf(events.at(-1)?.['response']);
  if (itemsIn(response) > 0) return response;
  const output = events
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item }) => item);
  return output.length > 0 ? { ...response, output } : response;
}

/**
 * Whether an answer read what the one before it said: undefined where the tokens don't tell. Who overlooks
 * `previous_response_id` reads no more than the first time.
 */
export function readsOn(
  first: Record<string, unknown>,
  second: Record<string, unknown>,
): boolean | undefined {
  const [before, after] = [first, second].map(({ usage }) =>
    countOf(recordOf(usage)['input_tokens']),
  );
  return before === undefined || after === undefined || before === 0 ? undefined : after > before;
}

/** The calls among its output. */
export function callsOf({ output }: Record<string, unknown>): Record<string, unknown>[] {
  const items = Array.isArray(output) ? output.filter(isRecord) : [];
  return items.filter(({ type }) => stringOf(type).endsWith('_call'));
}

/** The part of a request that goes on from a response: with a result for each call, which it would be refused without. */
export function goingOn(response: Record<string, unknown>): Record<string, unknown> {
  const results = callsOf(response).map(({ type, call_id }) => ({
    type: `${stringOf(type)}_output`,
    call_id,
    output: 'ok',
  }));
  return {
    previous_response_id: response['id'],
    ...(results.length > 0 && { input: results }),
  };
}

/** How many items it has. */
export function itemsIn({ output }: Record<string, unknown>): number {
  return Array.isArray(output) ? output.length : 0;
}

/** Whether it ended as it should; cut off at the limit of tokens that we set counts too. */
export function isWhole({ status }: Record<string, unknown>): boolean {
  return status === 'completed' || status === 'incomplete';
}
