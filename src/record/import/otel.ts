import { stringOf } from '../../protocol/foreign.ts';
import { createConversations } from '../exchange/conversations.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { itemsOf } from '../exchange/items.ts';
import type { RecordedSession, RecordedStep } from '../session/session.ts';
import {
  argumentsSaid,
  contentSaid,
  lengthMsOf,
  outputSaid,
  tokensFrom,
  toolsFrom,
} from '../session/values.ts';
import type { ReadOptions, SessionFormat } from './format.ts';
import { messageItems } from './otel-messages.ts';
import { type Span, spansIn } from './otel-spans.ts';

/**
 * OpenTelemetry spans of GenAI calls: OTLP in JSON, a span a line, or a flat list; by the semantic conventions
 * (`gen_ai.operation.name`) or as the AI SDK names them. Spans around model calls carry their sums and are not looked at.
 */
export const otel: SessionFormat = {
  name: 'otel',
  title: 'OTel GenAI spans',
  recognise: (head) => head.some((record) => spansIn(record).length > 0),
  async read(records, options) {
    const spans: Span[] = [];
    for await (const { value } of records) {
      // Most spans of a trace are about other things.
      spans.push(...spansIn(value).filter((span) => kindOf(span) !== undefined));
    }
    const sessions = [...conversationsIn(spans)].flatMap((group) => sessionsOf(group, options));
    return sessions.sort((a, b) => a.startMs - b.startMs).map(({ session }) => session);
  },
};

type Kind = 'model' | 'tool' | 'count';

function kindOf({ name, attributes }: Span): Kind | undefined {
  const operation = stringOf(attributes['gen_ai.operation.name']);
  if (modelOperations.has(operation) || /^ai\.\w+\.do(Stream|Generate)$/.test(name)) return 'model';
  if (operation === 'execute_tool' || name === 'ai.toolCall') return 'tool';
  // Codex counts tokens in spans that are not the model call.
  return name === 'handle_responses' && tokensOfSpan(attributes) ? 'count' : undefined;
}

const modelOperations = new Set(['chat', 'generate_content', 'text_completion']);

/** Spans by the conversation that they name, or by their trace. */
function conversationsIn(spans: readonly Span[]): Iterable<Span[]> {
  const names = new Map<string, string>();
  for (const { traceId, attributes } of spans) {
    const conversation = stringOf(attributes['gen_ai.conversation.id']);
    if (conversation !== '') names.set(traceId, conversation);
  }
  const groups = new Map<string, Span[]>();
  for (const span of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const key = names.get(span.traceId) ?? span.traceId;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return groups.values();
}

interface Found {
  session: RecordedSession;
  startMs: number;
}

function sessionsOf(spans: readonly Span[], options: ReadOptions): Found[] {
  const tools = spans.filter((span) => kindOf(span) === 'tool');
  const models = spans.filter((span) => kindOf(span) === 'model');
  const startMs = spans[0]?.startMs ?? 0;
  if (models.length === 0) {
    const counts = spans.filter((span) => kindOf(span) === 'count');
    return counts.length === 0 ? [] : [{ session: countedSession(counts, options), startMs }];
  }
  const whole = models.every(({ attributes }) => inputOf(attributes) !== undefined);
  const isCopilot = models.some(({ attributes }) => 'github.copilot.turn_id' in attributes);
  if (!whole || isCopilot) return timedSessions(models, tools, options);
  const conversations = createConversations(options.name, otel.title);
  for (const span of models) conversations.add(exchangeOf(span, tools, options.keep));
  return conversations.sessions().map((session) => ({ session, startMs }));
}

function inputOf(attributes: Span['attributes']): unknown {
  const input = attributes['gen_ai.input.messages'] ?? attributes['ai.prompt.messages'];
  return messageItems(input) === undefined ? undefined : input;
}

/** A model call with all that it said and was told. */
function exchangeOf(span: Span, tools: readonly Span[], keep: boolean): Exchange {
  const { attributes, startMs } = span;
  const results = new Map(
    tools.map(({ attributes: tool }) => [
      stringOf(tool['ai.toolCall.id'] ?? tool['gen_ai.tool.call.id']),
      stringOf(tool['ai.toolCall.result'] ?? tool['gen_ai.tool.call.result']),
    ]),
  );
  for (const [id, result] of results) if (result === '') results.delete(id);
  const offered = attributes['ai.prompt.tools'] ?? attributes['gen_ai.tool.definitions'];
  const facts = toolsFrom(Array.isArray(offered) ? offered.map(unwrapped) : unwrapped(offered));
  const tokens = tokensOfSpan(attributes);
  const firstMs = firstTokenMsOf(attributes);
  const orders = contentSaid(unwrapped(attributes['gen_ai.system_instructions']), keep);
  return {
    request: {
      warmUp: false,
      ...(facts && { tools: facts }),
      ...(orders && { instructions: orders }),
      input: itemsOf(messageItems(inputOf(attributes), results), keep),
      ...modelOf(attributes),
    },
    answer: { output: itemsOf(outputItems(attributes), keep), ...(tokens && { tokens }) },
    startMs,
    ...(firstMs !== undefined && { firstTokenMs: startMs + firstMs }),
    endMs: startMs + modelMsOf(span, tools),
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

/** The AI SDK ends a streamed call's span only after its tools: their time is not the model's. */
function modelMsOf({ startMs, endMs, attributes }: Span, tools: readonly Span[]): number {
  const isAiSdk = Object.keys(attributes).some((name) => name.startsWith('ai.'));
  const inside = isAiSdk
    ? tools.filter((tool) => tool.startMs >= startMs && tool.endMs <= endMs)
    : [];
  let toolMs = 0;
  let untilMs = -Infinity;
  for (const tool of [...inside].sort((a, b) => a.startMs - b.startMs)) {
    toolMs += Math.max(0, tool.endMs - Math.max(tool.startMs, untilMs));
    untilMs = Math.max(untilMs, tool.endMs);
  }
  return endMs - startMs - toolMs;
}

/** Model calls that don't say what they were told: one after the other, with the tools that began between them. */
function timedSessions(
  models: readonly Span[],
  tools: readonly Span[],
  { name, keep }: ReadOptions,
): Found[] {
  const found: (Found & { endMs: number })[] = [];
  for (const [index, span] of models.entries()) {
    const { startMs, endMs, attributes } = span;
    const modelMs = modelMsOf(span, tools);
    const nextMs = models[index + 1]?.startMs ?? Infinity;
    const firstTokenMs = firstTokenMsOf(attributes);
    const tokens = tokensOfSpan(attributes);
    const step: RecordedStep = {
      modelMs,
      ...(firstTokenMs !== undefined && { firstTokenMs }),
      ...(tokens && { tokens }),
      calls: tools
        .filter((tool) => tool.startMs >= startMs && tool.startMs < nextMs)
        .map((tool) => callOf(tool, startMs + modelMs, keep)),
    };
    const text = contentSaid(attributes['gen_ai.output.text'], keep);
    if (text) step.text = text;
    // Calls that overlap can't be of one conversation.
    let place = found.find((each) => each.endMs <= startMs);
    if (place === undefined) {
      const session = { name, origin: otel.title, ...modelOf(attributes), steps: [] };
      place = { session: { ...session, assumed: [], notes: [] }, startMs, endMs };
      found.push(place);
    }
    const before = place.session.steps.at(-1);
    if (before !== undefined) closeGap(before, step, startMs - place.endMs);
    place.session.steps.push(step);
    place.endMs = startMs + modelMs;
  }
  return found;
}

function callOf({ endMs, attributes }: Span, modelEndMs: number, keep: boolean) {
  const given = attributes['ai.toolCall.args'] ?? attributes['gen_ai.tool.call.arguments'];
  const result = attributes['ai.toolCall.result'] ?? attributes['gen_ai.tool.call.result'];
  const called = attributes['ai.toolCall.name'] ?? attributes['gen_ai.tool.name'];
  return {
    name: stringOf(called) || 'tool',
    timeMs: Math.max(0, endMs - modelEndMs),
    ...(given !== undefined && { arguments: argumentsSaid(given, keep) }),
    ...(result !== undefined && { output: outputSaid(result, keep) }),
  };
}

/** The next request came when the slowest tool, and the client's own work after it, was done. */
function closeGap(before: RecordedStep, step: RecordedStep, gapMs: number): void {
  const slowest = before.calls.reduce<(typeof before.calls)[number] | undefined>(
    (slow, call) => ((call.timeMs ?? 0) >= (slow?.timeMs ?? 0) ? call : slow),
    undefined,
  );
  if (slowest === undefined) step.pauseMs = Math.max(0, gapMs);
  else slowest.timeMs = Math.max(0, gapMs);
}

/** Token counts without times: what took them is not recorded. */
function countedSession(counts: readonly Span[], { name }: ReadOptions): RecordedSession {
  return {
    name,
    origin: otel.title,
    steps: counts.flatMap(({ attributes }) => {
      const tokens = tokensOfSpan(attributes);
      return tokens ? [{ calls: [], tokens }] : [];
    }),
    assumed: [],
    notes: [
      "Codex's own spans: their times are not the model's and calls are not in them; import its rollout",
    ],
  };
}

function modelOf(attributes: Span['attributes']): { model?: string } {
  const model = attributes['gen_ai.response.model'] ?? attributes['gen_ai.request.model'];
  return typeof model === 'string' ? { model } : {};
}

/** In seconds by the conventions, in milliseconds by the AI SDK. */
function firstTokenMsOf(attributes: Span['attributes']): number | undefined {
  const seconds = lengthMsOf(attributes['gen_ai.response.time_to_first_chunk']);
  return seconds === undefined
    ? lengthMsOf(attributes['ai.response.msToFirstChunk'])
    : seconds * 1000;
}

function tokensOfSpan(attributes: Span['attributes']) {
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
