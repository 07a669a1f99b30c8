import { stringOf } from '../../protocol/foreign.ts';
import { type InputItem, type InputMessage, isCall, type WireItem } from '../../protocol/items.ts';
import type { CompactRequest, CreateRequest, ToolChoice } from '../../protocol/request.ts';
import type { ModelTurn, Script, Turn } from '../../scenario/script.ts';
import type { TransportPolicy } from '../../transport/index.ts';
import { defaultShape, type OmittableField, type RequestShape } from './shape.ts';
import { createTokenCount, type RequestTokens } from './tokens.ts';

/** The fields that requests go without: what was asked for, and what the endpoint turned out to refuse. */
export type LeftOut = ReadonlySet<OmittableField>;

/** One session's memory: makes the requests of every turn and takes in what the model answered. */
export interface Conversation {
  /** A turn begins: what the client brings to it joins the history, once. */
  begin(turn: Turn): void;
  /**
   * The request of the turn that began last: with the whole history, or with what is new since the previous response
   * and that one's id. `input` may be live: serialise it before the next call.
   */
  request(context: TransportPolicy['context']): CreateRequest;
  /** The request that comes before the first turn's, for a policy that warms up: tools and standing orders. */
  warmUp(): CreateRequest;
  /** The warm-up was answered: what it carried need not be sent again. */
  warmedUp(responseId: string): void;
  /** The request to make the history shorter. */
  compaction(): CompactRequest;
  /** The tokens of a request of this conversation, before the next one is made. */
  tokensOf(request: CreateRequest): RequestTokens;
  absorb(output: readonly WireItem[], responseId: string): void;
  /** Goes on from these items; the next request refers to no response. */
  replaceHistory(items: readonly WireItem[]): void;
  /** Size of the history as JSON. */
  historyBytes(): number;
}

/**
 * A conversation that follows a script. The model is asked for the scripted call through `tool_choice`; whatever
 * calls come back are answered, in their order, with the scripted results.
 * @param leftOut fields that requests go without; may grow meanwhile
 */
export function startConversation(
  script: Script,
  model: string,
  policy: Pick<TransportPolicy, 'store'>,
  { toolChoice, omit, cacheKey }: RequestShape = defaultShape,
  leftOut: LeftOut = new Set(),
): Conversation {
  const history = openingItems(script);
  const opening = [...history];
  const standing = {
    ...standingFields(script, model, policy.store),
    ...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
  };
  let choice: ToolChoice = 'none';
  let openCalls: WireItem[] = [];
  let previous: { responseId: string; items: number } | undefined;
  const measured = { items: 0, bytes: 0 };
  let countTokens = createTokenCount(history);

  return {
    begin(turn) {
      history.push(...answers(openCalls, turn));
      if (turn.user !== undefined) history.push(message('user', turn.user));
      choice = toolChoiceOf(turn.model, toolChoice);
    },
    request(context) {
      const request: CreateRequest = { ...standing, input: history };
      if (script.tools.length > 0) request.tool_choice = choice;
      if (context === 'incremental' && previous !== undefined) {
        request.input = history.slice(previous.items);
        request.previous_response_id = previous.responseId;
      }
      return without(request, [...omit, ...leftOut]);
    },
    warmUp: () => without({ ...standing, input: opening, generate: false }, [...omit, ...leftOut]),
    warmedUp(responseId) {
      previous = { responseId, items: opening.length };
    },
    compaction: () => ({
      model,
      input: history,
      ...(standing.instructions !== undefined &&
        !omit.includes('instructions') && { instructions: standing.instructions }),
    }),
    tokensOf: (request) => countTokens(request),
    absorb(output, responseId) {
      openCalls = output.filter(isCall);
      history.push(...(output as unknown as InputItem[]));
      previous = { responseId, items: history.length };
    },
    replaceHistory(items) {
      history.length = 0;
      history.push(...(items as unknown as InputItem[]));
      previous = undefined;
      measured.items = measured.bytes = 0;
      countTokens = createTokenCount(history);
    },
    historyBytes() {
      for (; measured.items < history.length; measured.items++) {
        measured.bytes += Buffer.byteLength(JSON.stringify(history[measured.items]));
      }
      return measured.bytes;
    },
  };
}

function standingFields(script: Script, model: string, store: boolean): CreateRequest {
  return {
    model,
    input: [],
    ...(script.instructions?.in === 'request' && { instructions: script.instructions.text }),
    ...(script.tools.length > 0 && { tools: script.tools, parallel_tool_calls: true }),
    store,
    stream: true,
    // A stateless client can only hand reasoning back if it is given it.
    ...(!store && { include: ['reasoning.encrypted_content'] }),
  };
}

function without(request: CreateRequest, fields: readonly OmittableField[]): CreateRequest {
  for (const field of fields) Reflect.deleteProperty(request, field);
  return request;
}

function openingItems(script: Script): InputItem[] {
  return script.instructions?.in === 'input'
    ? [message('developer', script.instructions.text)]
    : [];
}

function message(role: InputMessage['role'], text: string): InputMessage {
  return { type: 'message', role, content: [{ type: 'input_text', text }] };
}

/** One answer for every open call; without a call to answer, the results go out as the user's words. */
function answers(openCalls: readonly WireItem[], turn: Turn): InputItem[] {
  const outputs = turn.toolResults.map((result) => result.output);
  if (outputs.length > 0 && openCalls.length === 0) return [message('user', outputs.join('\n'))];
  return openCalls.map((call, index) => ({
    type: call.type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output',
    // Some servers give a call no other id than its own as an item.
    call_id: stringOf(call['call_id']) || stringOf(call['id']),
    output: outputs[index % outputs.length] ?? 'done',
  }));
}

function toolChoiceOf({ calls }: ModelTurn, word: RequestShape['toolChoice']): ToolChoice {
  if (word !== 'named') return calls.length > 0 ? word : 'none';
  const names = [...new Set(calls.map((call) => call.name))];
  const [only] = names;
  if (only === undefined) return 'none';
  if (calls.length === 1) return { type: 'function', name: only };
  return {
    type: 'allowed_tools',
    mode: 'required',
    tools: names.map((name) => ({ type: 'function', name })),
  };
}
