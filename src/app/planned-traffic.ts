import { renderTools } from '../mock/answer/response-layout.ts';
import { promptTokens } from '../mock/latency/volumes.ts';
import { type Context, emptyContext, extendContext } from '../mock/memory/context.ts';
import { type CreateBody, inputItemsOf } from '../mock/wire/create-body.ts';
import { isRefusal } from '../mock/wire/refusal.ts';
import type { WireItem } from '../protocol/items.ts';
import type { CreateRequest } from '../protocol/request.ts';
import { startConversation } from '../runner/request/conversation.ts';
import { defaultShape, type RequestShape } from '../runner/request/shape.ts';
import { outputTokens } from '../scenario/output-tokens.ts';
import type { ModelTurn, Script } from '../scenario/script.ts';
import { startsOf } from '../scenario/sub-agents.ts';
import { type TransportName, transports } from '../transport/index.ts';

/** The traffic of one workflow over a transport, if the model follows the script. */
export interface PlannedTraffic {
  transport: TransportName;
  requests: number;
  /** JSON of all requests. */
  payloadBytes: number;
  /** Context that the model reads over all requests, counted as the bundled mock does: what a provider bills as input. */
  inputTokens: number;
  outputTokens: number;
}

/** Plays a script and those of the sub-agents that it starts against nobody, and adds up what would be sent. */
export function plannedTraffic(
  script: Script,
  model: string,
  transport: TransportName,
  shape: RequestShape = defaultShape,
): PlannedTraffic {
  const own = plannedSession(script, model, transport, shape);
  const scripts = script.turns.flatMap((turn) =>
    startsOf(script, turn).map((start) => start.script),
  );
  const each = new Map(
    [...new Set(scripts)].map((agent) => [agent, plannedSession(agent, model, transport, shape)]),
  );
  for (const agent of scripts.flatMap((started) => each.get(started) ?? [])) {
    for (const key of summed) own[key] += agent[key];
  }
  return own;
}

const summed = ['requests', 'payloadBytes', 'inputTokens', 'outputTokens'] as const;

function plannedSession(
  script: Script,
  model: string,
  transport: TransportName,
  shape: RequestShape,
): PlannedTraffic {
  const sent = startConversation(script, model, transports[transport], shape);
  const read = startConversation(script, model, transports.http, shape);
  const tokensRead = promptReader();
  const planned = { transport, requests: 0, payloadBytes: 0, inputTokens: 0, outputTokens: 0 };
  if (transports[transport].warm) {
    planned.requests++;
    planned.payloadBytes += jsonBytes(sent.warmUp());
    planned.inputTokens += promptReader()(sent.warmUp());
    sent.warmedUp('resp_warm');
  }
  script.turns.forEach((turn, index) => {
    planned.requests++;
    sent.begin(turn);
    read.begin(turn);
    planned.payloadBytes += jsonBytes(sent.request(transports[transport].context));
    planned.inputTokens += tokensRead(read.request('full'));
    planned.outputTokens += outputTokens(turn.model);
    const output = scriptedOutput(turn.model, index);
    sent.absorb(output, `resp_${String(index)}`);
    read.absorb(output, `resp_${String(index)}`);
  });
  return planned;
}

/** Counts the tokens of one prompt after the other, each the one before and what came to it. */
function promptReader(): (request: CreateRequest) => number {
  let context: Context = emptyContext;
  return (request) => {
    const body = request as unknown as CreateBody;
    const extended = extendContext(context, inputItemsOf(body).slice(context.items));
    if (isRefusal(extended)) throw new Error(extended.error.message);
    context = extended;
    return promptTokens({
      instructionsBytes: Buffer.byteLength(body.instructions ?? ''),
      toolsBytes: Buffer.byteLength(renderTools(body).json),
      context,
    });
  };
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function scriptedOutput({ reasoning, text, calls }: ModelTurn, turn: number): WireItem[] {
  const id = String(turn);
  return [
    ...(reasoning === undefined
      ? []
      : [{ type: 'reasoning', id, summary: [{ type: 'summary_text', text: reasoning }] }]),
    ...(text === undefined
      ? []
      : [{ type: 'message', id, role: 'assistant', content: [{ type: 'output_text', text }] }]),
    ...calls.map((call, index) => ({
      type: 'function_call',
      id,
      call_id: `call_${id}_${String(index)}`,
      ...call,
    })),
  ];
}
