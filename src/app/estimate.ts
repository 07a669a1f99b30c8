import type { WireItem } from '../protocol/items.ts';
import { startConversation } from '../runner/conversation.ts';
import type { ModelTurn, Script } from '../scenario/script.ts';
import { type TransportName, transports } from '../transport/index.ts';
import { BYTES_PER_TOKEN } from '../units.ts';

/** What one workflow would send over a transport, if the model follows the script. */
export interface Estimate {
  transport: TransportName;
  requests: number;
  /** JSON of all requests. */
  payloadBytes: number;
  /** Context that the model reads over all requests, at 4 bytes a token: what a provider bills as input. */
  inputTokens: number;
  outputTokens: number;
}

/** Plays a script against nobody and adds up what would be sent. */
export function estimateWorkflow(
  script: Script,
  model: string,
  transport: TransportName,
): Estimate {
  const sent = startConversation(script, model, transports[transport]);
  const read = startConversation(script, model, transports.http);
  const estimate = { transport, requests: 0, payloadBytes: 0, inputTokens: 0, outputTokens: 0 };
  if (transports[transport].warm) {
    estimate.requests++;
    estimate.payloadBytes += jsonBytes(sent.warmUp());
    estimate.inputTokens += Math.ceil(jsonBytes(sent.warmUp()) / BYTES_PER_TOKEN);
    sent.warmedUp('resp_warm');
  }
  script.turns.forEach((turn, index) => {
    estimate.requests++;
    sent.begin(turn);
    read.begin(turn);
    estimate.payloadBytes += jsonBytes(sent.request(transports[transport].context));
    estimate.inputTokens += Math.ceil(jsonBytes(read.request('full')) / BYTES_PER_TOKEN);
    estimate.outputTokens += outputTokens(turn.model);
    const output = scriptedOutput(turn.model, index);
    sent.absorb(output, `resp_${String(index)}`);
    read.absorb(output, `resp_${String(index)}`);
  });
  return estimate;
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

function outputTokens({ reasoning = '', text = '', calls }: ModelTurn): number {
  const bytes = calls.reduce((total, call) => total + call.arguments.length, 0);
  return Math.ceil((reasoning.length + text.length + bytes) / BYTES_PER_TOKEN);
}
