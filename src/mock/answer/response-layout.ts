import type { ResponseObject, Usage } from '../../protocol/response.ts';
import type { Timing } from '../latency/engine.ts';
import type { Context } from '../memory/context.ts';
import { FIRST_OUTPUT_SEQUENCE_NUMBER, type Frame } from '../model/event-writer.ts';
import type { Output } from '../model/speech-events.ts';
import { type CreateBody, conversationIdOf } from '../wire/create-body.ts';

/** All that a response will be, decided before the first byte of it goes out. */
export interface ResponseLayout {
  readonly responseId: string;
  /** The events of the stream, the terminal one last. */
  readonly frames: readonly Frame[];
  /** When each is due, in ms after the request was whole; ascending. */
  readonly dueMs: readonly number[];
  /** The same by stages; over HTTP nothing more is served until its end. */
  readonly timing: Timing;
  /** Tokens of the prompt. */
  readonly inputTokens: number;
  /** Of these, those that had to be rendered for this request, as nothing held by its connection spared it. */
  readonly tokensProcessed: number;
  readonly outputTokens: number;
  /** The whole response, and the same as JSON. */
  readonly response: ResponseObject & { usage: Usage };
  readonly responseJson: string;
  /** The conversation with the response's output at its end. */
  readonly context: Context;
  /** Whether the response may be continued from any connection. */
  readonly store: boolean;
}

/** The parts that a layout is made from. `context` is all that the model read, and what it said. */
export interface LayoutInput {
  body: CreateBody;
  context: Context;
  output: Output;
  timing: Timing;
  tools: RenderedTools;
  inputTokens: number;
  cachedTokens: number;
  tokensProcessed: number;
  responseId: string;
  nowMs: number;
}

/** Lays out the events of one response and their deadlines. Pure. */
export function layOutResponse(input: LayoutInput): ResponseLayout {
  const { context, output, timing, tools, nowMs } = input;
  const lastToken = output.frames.at(-1)?.token ?? 0;
  const lasting = lastingOf(input);
  // Serialised once for all events: tools weigh kilobytes.
  const lastingJson = `${JSON.stringify(lasting).slice(0, -1)},"tools":${tools.json}`;
  const end: Changing & { usage: Usage } = {
    status: output.cut === true ? 'incomplete' : 'completed',
    completed_at: output.cut === true ? null : Math.floor((nowMs + timing.terminalMs) / 1000),
    usage: usageOf(input),
    incomplete_details: output.cut === true ? { reason: 'max_output_tokens' } : null,
  };
  const begun = responseJson(lastingJson, beginning, '[]');
  const ended = responseJson(lastingJson, end, output.itemsJson);
  const lastNumber = FIRST_OUTPUT_SEQUENCE_NUMBER + output.frames.length;
  const frames = [
    responseFrame('response.created', 0, begun, 0),
    responseFrame('response.in_progress', 1, begun, 0),
    ...output.frames,
    responseFrame(
      `response.${output.cut === true ? 'incomplete' : 'completed'}`,
      lastNumber,
      ended,
      lastToken,
    ),
  ];
  return {
    responseId: input.responseId,
    frames,
    dueMs: frames.map((frame, index) =>
      index < FIRST_OUTPUT_SEQUENCE_NUMBER ? timing.beginMs : timing.tokenMs(frame.token),
    ),
    timing,
    inputTokens: input.inputTokens,
    tokensProcessed: input.tokensProcessed,
    outputTokens: output.tokens,
    response: { ...lasting, tools: tools.list, ...end, output: [...output.items] },
    responseJson: ended,
    context,
    store: lasting.store,
  };
}

/** Tools as a response names them, and the same as JSON. */
export interface RenderedTools {
  list: Record<string, unknown>[];
  json: string;
}

/** The request's tools with all fields of a function, null where the request was silent. */
export function renderTools(body: CreateBody): RenderedTools {
  const list = (body.tools ?? []).map(completeTool);
  return { list, json: JSON.stringify(list) };
}

function responseFrame(
  type: string,
  sequenceNumber: number,
  response: string,
  token: number,
): Frame {
  const json = `{"type":"${type}","sequence_number":${sequenceNumber},"response":${response}}`;
  return { type, json, token };
}

/** What differs between the first event and the last, beside the output. */
type Changing = Pick<ResponseObject, 'status' | 'completed_at' | 'usage' | 'incomplete_details'>;

const beginning: Changing = {
  status: 'in_progress',
  completed_at: null,
  usage: null,
  incomplete_details: null,
};

/** What stays the same from the first event to the last. */
function lastingOf({
  body,
  responseId,
  nowMs,
}: LayoutInput): Omit<ResponseObject, keyof Changing | 'tools' | 'output'> {
  const conversationId = conversationIdOf(body);
  return {
    id: responseId,
    object: 'response',
    created_at: Math.floor(nowMs / 1000),
    background: body.background ?? false,
    error: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: body.model,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...body.reasoning },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, ...body.text },
    tool_choice: body.tool_choice ?? 'auto',
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    truncation: 'disabled',
    metadata: body.metadata ?? {},
    access_programs: null,
    ...(conversationId !== undefined && { conversation: { id: conversationId } }),
  };
}

function responseJson(lastingJson: string, changing: Changing, outputJson: string): string {
  return `${lastingJson},${JSON.stringify(changing).slice(1, -1)},"output":${outputJson}}`;
}

function completeTool(tool: Record<string, unknown>): Record<string, unknown> {
  if (tool['type'] !== 'function') return tool;
  return { description: null, parameters: null, strict: null, ...tool };
}

function usageOf({ inputTokens, cachedTokens, output }: LayoutInput): Usage {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: output.tokens,
    output_tokens_details: { reasoning_tokens: output.reasoningTokens },
    total_tokens: inputTokens + output.tokens,
  };
}
