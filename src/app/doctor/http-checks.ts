import { recordOf } from '../../is-record.ts';
import { countOf, stringOf } from '../../protocol/foreign.ts';
import { contentTypeOf } from '../../transport/http/reader.ts';
import { type Check, differs, type Finding, no, notAsked, yes } from './check.ts';
import type { HttpAnswer } from './http-asker.ts';
import { callsOf, errorCodeOf, goingOn, isWhole, readsOn } from './response-facts.ts';

/** A tool to call. */
export const pingTool = {
  type: 'function',
  name: 'ping',
  description: 'Pings a host.',
  strict: false,
  parameters: { type: 'object', properties: { host: { type: 'string' } }, required: ['host'] },
};

/** What it does over HTTP. */
export const httpChecks: readonly Check[] = [
  {
    name: 'json',
    title: 'HTTP with JSON',
    sent: 'POST /responses',
    section: 'Open Responses: HTTP requests and responses',
    calls: 1,
    needs: ['tcp'],
    async ask({ post }) {
      const answer = await post({ stream: false });
      if (!isWhole(answer.response)) return no(httpWords(answer));
      return answer.json === undefined ? differs('events') : yes(`a ${httpWords(answer)}`);
    },
  },
  {
    name: 'sse',
    title: 'HTTP with events',
    sent: 'stream: true',
    section: 'Open Responses: streaming HTTP responses',
    calls: 1,
    needs: ['tcp'],
    async ask({ streamed }) {
      const answer = await streamed();
      const { events, names, done, unreadable, headers } = answer;
      if (!isWhole(answer.response) || events.length === 0) return no(httpWords(answer));
      const came = `${events.length} events`;
      if (!contentTypeOf(headers).startsWith('text/event-stream')) {
        return differs(`${came} as ${contentTypeOf(headers)}`);
      }
      if (unreadable > 0) return differs(`${came}, and ${unreadable} that are no JSON`);
      const named = events.every(({ type }, index) => names[index] === type);
      if (!named) return differs(`${came}, not all with their type as name`);
      return yes(`${came}${done ? ', [DONE]' : ', no [DONE] at the end'}`);
    },
  },
  {
    name: 'early_headers',
    title: 'headers before the first event',
    sent: 'the same request',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      const { headersMs, chunkMs } = await streamed();
      const [firstMs = headersMs] = chunkMs;
      const came = `headers after ${ms(headersMs)}, the first event after ${ms(firstMs)}`;
      return firstMs - headersMs > 2 ? yes(came) : no(came);
    },
  },
  {
    name: 'unbuffered',
    title: 'events as they are made',
    sent: 'the same request',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      const { chunkMs, events } = await streamed();
      const [firstMs = 0] = chunkMs;
      const spanMs = (chunkMs.at(-1) ?? 0) - firstMs;
      const came = `${events.length} events in ${chunkMs.length} pieces over ${ms(spanMs)}`;
      if (chunkMs.length > 2 && spanMs > 2) return yes(came);
      // A quick model may well be done at once.
      return firstMs > 200 ? no(came) : notAsked(`${came}: too quick to tell`);
    },
  },
  {
    name: 'server_timing',
    title: 'Server-Timing',
    sent: 'the same request',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      const { headers } = await streamed();
      return headers['server-timing'] === undefined ? no('no such header') : yes('a header');
    },
  },
  {
    name: 'cached_tokens',
    title: 'says what its prompt cache spared',
    sent: 'the same request',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      const { input_tokens_details: details } = recordOf((await streamed()).response['usage']);
      const cached = countOf(recordOf(details)['cached_tokens']);
      return cached === undefined ? no('no cached_tokens') : yes(`cached_tokens ${cached}`);
    },
  },
  {
    name: 'http_chain',
    title: 'chains over HTTP',
    sent: 'previous_response_id of a stored response',
    section: 'Open Responses: previous_response_id',
    calls: 2,
    needs: ['json'],
    async ask({ post }) {
      const first = await post({ store: true });
      if (!isWhole(first.response)) return no(`store: true gives ${httpWords(first)}`);
      const second = await post({ store: true, ...goingOn(first.response) });
      if (!isWhole(second.response)) return no(httpWords(second));
      return readsOn(first.response, second.response) === false
        ? differs(UNREAD)
        : yes(`a ${httpWords(second)}`);
    },
  },
  {
    name: 'http_miss',
    title: 'unknown response over HTTP is missed',
    sent: 'previous_response_id of none',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      return missed(await post({ previous_response_id: NO_RESPONSE }));
    },
  },
  {
    name: 'include',
    title: 'include of encrypted reasoning',
    sent: 'include: [reasoning.encrypted_content]',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const answer = await post({ include: ['reasoning.encrypted_content'] });
      return isWhole(answer.response) ? yes('taken') : no(httpWords(answer));
    },
  },
  {
    name: 'named_tool_choice',
    title: 'tool_choice by name',
    sent: 'tool_choice: { type: function, name: ping }',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const answer = await post({
        tools: [pingTool],
        tool_choice: { type: 'function', name: 'ping' },
        max_output_tokens: 64,
      });
      if (!isWhole(answer.response)) return no(httpWords(answer));
      const named = callsOf(answer.response).some(({ name }) => name === 'ping');
      return named ? yes('the call') : no('an answer without the call');
    },
  },
  {
    name: 'parallel_calls',
    title: 'several calls at once',
    sent: 'parallel_tool_calls: true, two hosts to ping',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const answer = await post({
        input: 'Ping 192.0.2.1 and 192.0.2.2, both at once, in two calls.',
        ...{ tools: [pingTool], tool_choice: 'required', parallel_tool_calls: true },
        max_output_tokens: 128,
      });
      if (!isWhole(answer.response)) return no(httpWords(answer));
      const calls = callsOf(answer.response).length;
      return calls > 1 ? yes(`${calls} calls`) : no(`${calls} call${calls === 1 ? '' : 's'}`);
    },
  },
  {
    name: 'compaction',
    title: 'compaction',
    sent: 'POST /responses/compact',
    section: 'Open Responses: compaction',
    calls: 1,
    needs: ['json'],
    async ask({ post, model }) {
      const unset = { max_output_tokens: undefined, store: undefined };
      const answer = await post({ ...unset, model, input: longHistory }, '/compact');
      const { json, status } = answer;
      if (status >= 300) return no(httpWords(answer));
      const isOne = json?.['object'] === 'response.compaction' && Array.isArray(json['output']);
      return isOne ? yes('a response.compaction') : differs(httpWords(answer));
    },
  },
];

/** What came of a `previous_response_id` that was overlooked. */
export const UNREAD = 'an answer to no more input tokens than without';

/** An id in the usual form that nobody gave out. */
export const NO_RESPONSE = `resp_${'0'.repeat(48)}`;

const longHistory = [
  { role: 'user', content: 'Say hi.' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'Say hi again.' },
];

/** What an answer to an unknown `previous_response_id` means. */
function missed(answer: HttpAnswer): Finding {
  if (isWhole(answer.response)) return no('an answer, as if there were one');
  const code = errorCodeOf(answer.json);
  if (code === 'previous_response_not_found') return yes(httpWords(answer));
  return answer.status >= 400 && answer.status < 500
    ? differs(httpWords(answer))
    : no(httpWords(answer));
}

/** Status and kind of an answer. */
export function httpWords({ status, json, events, response, headers }: HttpAnswer): string {
  const code = errorCodeOf(json) ?? errorCodeOf(events.at(-1));
  if (code !== undefined) return `status ${status}, ${code}`;
  const state = stringOf(response['status']);
  return state === '' ? `status ${status}, ${contentTypeOf(headers)}` : `response, ${state}`;
}

function ms(number: number): string {
  return `${number.toFixed(1)} ms`;
}
