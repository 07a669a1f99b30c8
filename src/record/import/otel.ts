import { createConversations } from '../exchange/conversations.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import type { ReadOptions, SessionFormat } from './format.ts';
import {
  type CountSpan,
  type GenAiSpan,
  genAiSpan,
  type ModelSpan,
  type ToolSpan,
} from './otel-facts.ts';
import { spansIn } from './otel-spans.ts';

/**
 * OpenTelemetry spans of GenAI calls: OTLP in JSON, a span a line, or a flat list; by the semantic conventions
 * (`gen_ai.operation.name`) or as the AI SDK names them. Spans around model calls carry their sums and are not looked at.
 */
export const otel: SessionFormat = {
  name: 'otel',
  title: 'OTel GenAI spans',
  recognise: (head) => head.some((record) => spansIn(record).length > 0),
  async read(records, options) {
    const spans: GenAiSpan[] = [];
    for await (const { value } of records) {
      // Most spans of a trace are about other things.
      spans.push(...spansIn(value).flatMap((span) => genAiSpan(span, options.keep) ?? []));
    }
    const sessions = [...conversationsIn(spans)].flatMap((group) => sessionsOf(group, options));
    return sessions.sort((a, b) => a.startMs - b.startMs).map(({ session }) => session);
  },
};

/** Spans by the conversation that they name, or by their trace. */
function conversationsIn(spans: readonly GenAiSpan[]): Iterable<GenAiSpan[]> {
  const names = new Map<string, string>();
  for (const { traceId, conversation } of spans) {
    if (conversation !== '') names.set(traceId, conversation);
  }
  const groups = new Map<string, GenAiSpan[]>();
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

function sessionsOf(spans: readonly GenAiSpan[], options: ReadOptions): Found[] {
  const tools = spans.filter((span) => span.kind === 'tool');
  const models = spans.filter((span) => span.kind === 'model');
  const startMs = spans[0]?.startMs ?? 0;
  if (models.length === 0) {
    const counts = spans.filter((span) => span.kind === 'count');
    return counts.length === 0 ? [] : [{ session: countedSession(counts, options), startMs }];
  }
  if (!models.every(({ input, newOnly }) => input !== undefined && !newOnly)) {
    return timedSessions(models, tools, options);
  }
  const conversations = createConversations(options.name, otel.title);
  for (const span of models) conversations.add(exchangeOf(span, tools));
  return conversations.sessions().map((session) => ({ session, startMs }));
}

/** A model call with all that it said and was told. */
function exchangeOf(span: ModelSpan, tools: readonly ToolSpan[]): Exchange {
  const { startMs, input = [], output, tokens, firstMs, model, offered, orders } = span;
  // The tool's own span has its result as it was.
  const results = new Map(tools.map(({ id, result }) => [id, result]));
  return {
    request: {
      warmUp: false,
      ...(offered && { tools: offered }),
      ...(orders && { instructions: orders }),
      input: input.map((item) => {
        const result = item.kind === 'result' ? results.get(item.callId) : undefined;
        return result === undefined ? item : { ...item, said: result };
      }),
      ...(model !== undefined && { model }),
    },
    answer: { output, ...(tokens && { tokens }) },
    startMs,
    ...(firstMs !== undefined && { firstTokenMs: startMs + firstMs }),
    endMs: startMs + modelMsOf(span, tools),
  };
}

/** The AI SDK ends a streamed call's span only after its tools: their time is not the model's. */
function modelMsOf({ startMs, endMs, isAiSdk }: ModelSpan, tools: readonly ToolSpan[]): number {
  const inside = isAiSdk
    ? tools.filter((tool) => tool.startMs >= startMs && tool.endMs <= endMs)
    : [];
  let toolMs = 0;
  let untilMs = -Infinity;
  for (const tool of inside) {
    toolMs += Math.max(0, tool.endMs - Math.max(tool.startMs, untilMs));
    untilMs = Math.max(untilMs, tool.endMs);
  }
  return endMs - startMs - toolMs;
}

/** Model calls that don't say what they were told: one after the other, with the tools that began between them. */
function timedSessions(
  models: readonly ModelSpan[],
  tools: readonly ToolSpan[],
  { name }: ReadOptions,
): Found[] {
  const found: (Found & { endMs: number })[] = [];
  for (const [index, span] of models.entries()) {
    const { startMs, endMs, firstMs, tokens, text, model } = span;
    const modelMs = modelMsOf(span, tools);
    const nextMs = models[index + 1]?.startMs ?? Infinity;
    const step: RecordedStep = {
      modelMs,
      ...(firstMs !== undefined && { firstTokenMs: firstMs }),
      ...(tokens && { tokens }),
      ...(text && { text }),
      calls: tools
        .filter((tool) => tool.startMs >= startMs && tool.startMs < nextMs)
        .map((tool) => callOf(tool, startMs + modelMs)),
    };
    // Calls that overlap can't be of one conversation.
    let place = found.find((each) => each.endMs <= startMs);
    if (place === undefined) {
      const session = { name, origin: otel.title, ...(model !== undefined && { model }) };
      place = { session: { ...session, steps: [], assumed: [], notes: [] }, startMs, endMs };
      found.push(place);
    }
    const before = place.session.steps.at(-1);
    if (before !== undefined) closeGap(before, step, startMs - place.endMs);
    place.session.steps.push(step);
    place.endMs = startMs + modelMs;
  }
  return found;
}

function callOf({ endMs, name, given, result }: ToolSpan, modelEndMs: number): RecordedCall {
  return {
    name,
    timeMs: Math.max(0, endMs - modelEndMs),
    ...(given && { arguments: given }),
    ...(result && { output: result }),
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
function countedSession(counts: readonly CountSpan[], { name }: ReadOptions): RecordedSession {
  return {
    name,
    origin: otel.title,
    steps: counts.map(({ tokens }) => ({ calls: [], tokens })),
    assumed: [],
    notes: [
      "Codex's own spans: their times are not the model's and calls are not in them; import its rollout",
    ],
  };
}
