import { stringOf } from '../../protocol/foreign.ts';
import { type ItemFacts, itemsOf } from '../exchange/items.ts';
import type { Said } from '../session/said.ts';
import type { RecordedTokens, RecordedTool } from '../session/session.ts';
import {
  argumentsSaid,
  contentSaid,
  lengthMsOf,
  outputSaid,
  tokensFrom,
  toolsFrom,
} from '../session/values.ts';
import { messageItems } from './otel-messages.ts';
import type { Span } from './otel-spans.ts';

interface Placed {
  traceId: string;
  /** Of the conversation that it names; '' without. */
  conversation: string;
  startMs: number;
  endMs: number;
}

/** A model call, without its words. */
export interface ModelSpan extends Placed {
  kind: 'model';
  model: string | undefined;
  isAiSdk: boolean;
  /** What the model was told; undefined where that isn't recorded. */
  input: ItemFacts[] | undefined;
  /** Its input is only what was new. */
  newOnly: boolean;
  output: ItemFacts[];
  text: Said | undefined;
  offered: RecordedTool[] | undefined;
  orders: Said | undefined;
  tokens: RecordedTokens | undefined;
  /** From its start to the first token. */
  firstMs: number | undefined;
}

/** A tool at work, without its words. */
export interface ToolSpan extends Placed {
  kind: 'tool';
  id: string;
  name: string;
  given: Said | undefined;
  result: Said | undefined;
}

/** A span that only counts tokens: Codex has such, of a few milliseconds, that are not the model call. */
export interface CountSpan extends Placed {
  kind: 'count';
  tokens: RecordedTokens;
}

export type GenAiSpan = ModelSpan | ToolSpan | CountSpan;

/** The facts of a span that is about a model or its tools; undefined for any other. */
export function genAiSpan(span: Span, keep: boolean): GenAiSpan | undefined {
  const { name, traceId, startMs, endMs, attributes } = span;
  const conversation = stringOf(attributes['gen_ai.conversation.id']);
  const placed = { traceId, conversation, startMs, endMs };
  const operation = stringOf(attributes['gen_ai.operation.name']);
  if (modelOperations.has(operation) || /^ai\.\w+\.do(Stream|Generate)$/.test(name)) {
    return { kind: 'model', ...placed, ...modelFacts(attributes, keep) };
  }
  if (operation === 'execute_tool' || name === 'ai.toolCall') {
    return { kind: 'tool', ...placed, ...toolFacts(attributes, keep) };
  }
  const tokens = name === 'handle_responses' ? tokensOf(attributes) : undefined;
  return tokens && { kind: 'count', ...placed, tokens };
}

const modelOperations = new Set(['chat', 'generate_content', 'text_completion']);

type Facts<Of> = Omit<Of, keyof Placed | 'kind'>;

function modelFacts(attributes: Span['attributes'], keep: boolean): Facts<ModelSpan> {
  const model = attributes['gen_ai.response.model'] ?? attributes['gen_ai.request.model'];
  const offered = attributes['ai.prompt.tools'] ?? attributes['gen_ai.tool.definitions'];
  const told = messageItems(
    attributes['gen_ai.input.messages'] ?? attributes['ai.prompt.messages'],
  );
  return {
    model: typeof model === 'string' ? model : undefined,
    isAiSdk: Object.keys(attributes).some((key) => key.startsWith('ai.')),
    input: told && itemsOf(told, keep),
    newOnly: 'github.copilot.turn_id' in attributes,
    output: itemsOf(outputItems(attributes), keep),
    text: contentSaid(attributes['gen_ai.output.text'], keep),
    offered: toolsFrom(Array.isArray(offered) ? offered.map(unwrapped) : unwrapped(offered)),
    orders: contentSaid(unwrapped(attributes['gen_ai.system_instructions']), keep),
    tokens: tokensOf(attributes),
    firstMs: firstTokenMsOf(attributes),
  };
}

function toolFacts(attributes: Span['attributes'], keep: boolean): Facts<ToolSpan> {
  const given = attributes['ai.toolCall.args'] ?? attributes['gen_ai.tool.call.arguments'];
  const result = attributes['ai.toolCall.result'] ?? attributes['gen_ai.tool.call.result'];
  return {
    id: stringOf(attributes['ai.toolCall.id'] ?? attributes['gen_ai.tool.call.id']),
    name: stringOf(attributes['ai.toolCall.name'] ?? attributes['gen_ai.tool.name']) || 'tool',
    given: given === undefined ? undefined : argumentsSaid(given, keep),
    result: result === undefined ? undefined : outputSaid(result, keep),
  };
}

function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function outputItems(attributes: Span['attributes']): Record<string, unknown>[] {
  const whole = messageItems(attributes['gen_ai.output.messages']);
  if (whole !== undefined) return whole;
  const text = attributes['gen_ai.output.text'] ?? attributes['ai.response.text'];
  const calls = unwrapped(attributes['ai.response.toolCalls']);
  const parts = (Array.isArray(calls) ? calls : []).map((call: object) => ({
    ...call,
    type: 'tool-call',
  }));
  return [
    ...(stringOf(text) === '' ? [] : [{ role: 'assistant', content: text }]),
    ...(messageItems([{ role: 'assistant', content: parts }]) ?? []),
  ];
}

/** In seconds by the conventions, in milliseconds by the AI SDK. */
function firstTokenMsOf(attributes: Span['attributes']): number | undefined {
  const seconds = lengthMsOf(attributes['gen_ai.response.time_to_first_chunk']);
  return seconds === undefined
    ? lengthMsOf(attributes['ai.response.msToFirstChunk'])
    : seconds * 1000;
}

function tokensOf(attributes: Span['attributes']) {
  const usage = (...names: string[]) => names.map((name) => attributes[name]).find(isThere);
  return tokensFrom({
    input: usage(
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
    ),
    cached: usage('gen_ai.usage.cache_read.input_tokens', 'ai.usage.cachedInputTokens'),
    output: usage(
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
    ),
    reasoning: usage('gen_ai.usage.reasoning.output_tokens', 'ai.usage.reasoningTokens'),
  });
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}
