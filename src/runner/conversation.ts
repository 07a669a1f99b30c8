import { type InputItem, type InputMessage, isCall, type WireItem } from '../protocol/items.ts';
import type { CreateRequest, ToolChoice } from '../protocol/request.ts';
import type { ModelTurn, Script, Turn } from '../scenario/script.ts';

/** What each step sends, and who keeps the history. */
export interface ContextPolicy {
  context: 'full' | 'incremental';
  store: boolean;
  /** Whether the first request only fills the connection's cache. */
  warm: boolean;
}

/** One session's memory: makes the request of every turn and takes in what the model answered. */
export interface Conversation {
  /** The request of a turn. With the full history its `input` is live: serialise it before the next call. */
  request(turn: Turn): CreateRequest;
  /** The request that comes before the first turn's, for a policy that warms up: tools and standing orders. */
  warmUp(): CreateRequest;
  absorb(output: readonly WireItem[], responseId: string): void;
}

/**
 * A conversation that follows a script. The model is asked for the scripted call through `tool_choice`; whatever
 * calls come back are answered, in their order, with the scripted results.
 */
export function startConversation(
  script: Script,
  model: string,
  policy: ContextPolicy,
): Conversation {
  const history: InputItem[] = [];
  let openCalls: WireItem[] = [];
  let previousResponseId: string | undefined;
  const standing = standingFields(script, model, policy);

  return {
    request(turn) {
      const fresh = [
        ...(previousResponseId === undefined ? openingItems(script) : []),
        ...answers(openCalls, turn),
        ...(turn.user === undefined ? [] : [message('user', turn.user)]),
      ];
      if (policy.context === 'full') history.push(...fresh);
      const request: CreateRequest = {
        ...standing,
        input: policy.context === 'full' ? history : fresh,
      };
      if (script.tools.length > 0) request.tool_choice = toolChoice(turn.model);
      if (policy.context === 'incremental' && previousResponseId !== undefined) {
        request.previous_response_id = previousResponseId;
      }
      return request;
    },
    warmUp: () => ({ ...standing, input: openingItems(script), generate: false }),
    absorb(output, responseId) {
      previousResponseId = responseId;
      openCalls = output.filter(isCall);
      if (policy.context === 'full') history.push(...(output as unknown as InputItem[]));
    },
  };
}

function standingFields(script: Script, model: string, policy: ContextPolicy): CreateRequest {
  return {
    model,
    input: [],
    ...(script.instructions?.in === 'request' && { instructions: script.instructions.text }),
    ...(script.tools.length > 0 && { tools: script.tools, parallel_tool_calls: true }),
    store: policy.store,
    stream: true,
    // A stateless client can only hand reasoning back if it is given it.
    ...(!policy.store && { include: ['reasoning.encrypted_content'] }),
  };
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
    call_id: String(call['call_id']),
    output: outputs[index % outputs.length] ?? 'done',
  }));
}

function toolChoice({ calls }: ModelTurn): ToolChoice {
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
