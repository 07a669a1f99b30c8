import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { type Check, differs, no, yes } from './check.ts';
import { httpWords, NO_RESPONSE, pingTool } from './http-checks.ts';
import { lifeCycleFault } from './life-cycle.ts';
import { callsOf, goingOn, isWhole } from './response-facts.ts';
import { socketWords } from './socket-checks.ts';

/** What the specification of Open Responses (2026-04-24) asks beyond what the other checks look at. */
export const specificationChecks: readonly Check[] = [
  {
    name: 'spec_response',
    title: 'response with all its fields',
    sent: 'POST /responses',
    section: 'Open Responses: the response resource',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const { response } = await post({ stream: false });
      const missing = responseFields.filter((field) => !(field in response));
      return missing.length === 0 ? yes('all of them') : differs(`without ${missing.join(', ')}`);
    },
  },
  {
    name: 'spec_history',
    title: 'history as input',
    sent: 'a developer, a user, an assistant, and the user again',
    section: 'Open Responses: items',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const answer = await post({ input: history });
      return isWhole(answer.response) ? yes(httpWords(answer)) : no(httpWords(answer));
    },
  },
  {
    name: 'spec_no_tools',
    title: 'tool_choice none',
    sent: 'a tool, and tool_choice: none',
    section: 'Open Responses: tool_choice',
    calls: 1,
    needs: ['json'],
    async ask({ post }) {
      const answer = await post({ tools: [pingTool], tool_choice: 'none' });
      if (!isWhole(answer.response)) return no(httpWords(answer));
      return callsOf(answer.response).length === 0 ? yes('no call') : no('a call all the same');
    },
  },
  {
    name: 'spec_error',
    title: 'errors in their form',
    sent: 'a number as input',
    section: 'Open Responses: errors',
    calls: 0,
    needs: ['json'],
    async ask({ post }) {
      const { status, json, response } = await post({ input: 5 });
      if (isWhole(response)) return no('an answer');
      const error = recordOf(json?.['error']);
      const missing = ['message', 'type', 'param', 'code'].filter((field) => !(field in error));
      if (missing.length > 0) return differs(`status ${status}, without ${missing.join(', ')}`);
      return status >= 400 && status < 500 ? yes(`status ${status}`) : differs(`status ${status}`);
    },
  },
  {
    name: 'spec_events',
    title: 'events in their order',
    sent: 'the same request as for events',
    section: 'Open Responses: streaming, life cycle of items',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      const { events } = await streamed();
      const fault = lifeCycleFault(events);
      return fault === undefined ? yes(`${events.length} events`) : differs(fault);
    },
  },
  {
    name: 'spec_done',
    title: '[DONE] at the end',
    sent: 'the same request',
    section: 'Open Responses: streaming HTTP responses',
    calls: 0,
    needs: ['sse'],
    async ask({ streamed }) {
      return (await streamed()).done ? yes('[DONE]') : differs('no [DONE]');
    },
  },
  {
    name: 'spec_compacted',
    title: 'goes on from what was compacted',
    sent: 'the output of /responses/compact, and a user',
    section: 'Open Responses: compaction',
    calls: 2,
    needs: ['compaction'],
    async ask({ post, model }) {
      const unset = { max_output_tokens: undefined, store: undefined };
      const { json } = await post({ ...unset, model, input: history }, '/compact');
      const output = json?.['output'];
      const compacted: unknown[] = Array.isArray(output) ? output : [];
      const answer = await post({ input: [...compacted, { role: 'user', content: 'Go on.' }] });
      return isWhole(answer.response) ? yes(httpWords(answer)) : no(httpWords(answer));
    },
  },
  {
    name: 'spec_ws_events',
    title: 'the same events over WebSocket',
    sent: 'response.create',
    section: 'Open Responses: WebSocket mode, messages',
    calls: 1,
    needs: ['ws_create'],
    async ask({ socket }) {
      const { events } = await (await socket()).ask({});
      const fault = lifeCycleFault(events);
      return fault === undefined ? yes(`${events.length} events`) : differs(fault);
    },
  },
  {
    name: 'spec_ws_error',
    title: 'WebSocket errors in their form',
    sent: 'previous_response_id of none',
    section: 'Open Responses: WebSocket mode, errors',
    calls: 1,
    needs: ['ws_create'],
    async ask({ socket }) {
      const answer = await (await socket()).ask({ previous_response_id: NO_RESPONSE });
      const event = answer.events.at(-1) ?? {};
      if (event['type'] !== 'error') return differs(socketWords(answer));
      const error = isRecord(event['error']) ? event['error'] : {};
      const missing = [
        ...(Number.isInteger(event['status']) ? [] : ['status']),
        ...['code', 'message'].filter((field) => stringOf(error[field]) === ''),
      ];
      return missing.length === 0
        ? yes(`status ${String(event['status'])}, ${socketWords(answer)}`)
        : differs(`without ${missing.join(', ')}`);
    },
  },
  {
    name: 'spec_ws_in_turn',
    title: 'one answer after the other',
    sent: 'two response.create at once, without lanes',
    section: 'Open Responses: WebSocket mode, sequential turns',
    calls: 2,
    needs: ['ws_create'],
    async ask({ newSocket }) {
      const socket = await newSocket();
      const answers = await Promise.all([socket.ask({}), socket.ask({})]);
      const bad = answers.find(({ response }) => !isWhole(response));
      if (bad !== undefined) return differs(socketWords(bad));
      const mixed = answers.some(({ events }) => lifeCycleFault(events) !== undefined);
      return mixed ? no('events of both, mixed') : yes('two answers');
    },
  },
  {
    name: 'spec_ws_own_memory',
    title: 'another connection does not know it',
    sent: 'previous_response_id of a response with store: false on another connection',
    section: 'Open Responses: WebSocket mode, continuation',
    calls: 2,
    needs: ['ws_chain'],
    async ask({ newSocket }) {
      const first = await (await newSocket()).ask({});
      const again = await (await newSocket()).ask(goingOn(first.response));
      if (isWhole(again.response)) return differs('an answer: it is kept somewhere');
      return again.error === 'previous_response_not_found'
        ? yes(socketWords(again))
        : differs(socketWords(again));
    },
  },
];

const history = [
  { role: 'developer', content: 'Be brief.' },
  { role: 'user', content: 'Say hi.' },
  { role: 'assistant', content: 'Hi.' },
  { role: 'user', content: 'Say hi again.' },
];

/** All that a response carries, whatever its value. */
const responseFields = [
  ...['id', 'object', 'created_at', 'completed_at', 'status', 'incomplete_details', 'model'],
  ...['previous_response_id', 'instructions', 'output', 'error', 'tools', 'tool_choice'],
  ...['truncation', 'parallel_tool_calls', 'text', 'top_p', 'presence_penalty'],
  ...['frequency_penalty', 'top_logprobs', 'temperature', 'reasoning', 'usage'],
  ...['max_output_tokens', 'max_tool_calls', 'store', 'background', 'service_tier', 'metadata'],
  ...['safety_identifier', 'prompt_cache_key'],
];
