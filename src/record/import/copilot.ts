import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { together } from '../session/said.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import {
  argumentsSaid,
  contentSaid,
  lengthMsOf,
  outputSaid,
  timeMsOf,
  tokensFrom,
} from '../session/values.ts';
import type { ReadOptions, SessionFormat } from './format.ts';
import type { SourceRecord } from './records.ts';

/**
 * A GitHub Copilot CLI session (`~/.copilot/session-state/<id>/events.jsonl`): a usage record at the end of each response, with its
 * time to the first token, and the message after it. As 1.0.102 writes it.
 */
export const copilot: SessionFormat = {
  name: 'copilot',
  title: 'Copilot CLI session',
  recognise: (head) =>
    head.some(({ type, data }) => data !== undefined && firstEvents.has(stringOf(type))),
  read: readSession,
};

const firstEvents = new Set(['session.start', 'session.usage_record', 'assistant.turn_start']);

interface Reading {
  session: RecordedSession;
  keep: boolean;
  calls: Map<string, { call: RecordedCall; endMs: number | undefined }>;
  user: RecordedStep['user'];
  pauseMs: number | undefined;
  endMs: number | undefined;
  requestBytes: number | undefined;
}

async function readSession(
  records: AsyncIterable<SourceRecord>,
  { name, keep }: ReadOptions,
): Promise<RecordedSession[]> {
  const session: RecordedSession = {
    ...{ name, origin: copilot.title, steps: [], assumed: [], notes: [] },
  };
  const reading: Reading = {
    session,
    keep,
    calls: new Map(),
    user: undefined,
    pauseMs: undefined,
    endMs: undefined,
    requestBytes: undefined,
  };
  for await (const { value } of records) {
    const type = stringOf(value['type']);
    const read = Object.hasOwn(events, type) ? events[type] : undefined;
    read?.(reading, recordOf(value['data']), timeMsOf(value['timestamp']));
  }
  if (session.steps.length === 0) return [];
  deduceTools(reading);
  return [session];
}

type Read = (reading: Reading, data: Record<string, unknown>, atMs: number | undefined) => void;

const events: Readonly<Record<string, Read>> = {
  'session.start'({ session }, { selectedModel }) {
    if (typeof selectedModel === 'string') session.model = selectedModel;
  },
  'system.message'({ session, keep }, { content }) {
    const words = together(session.instructions, contentSaid(content, keep));
    if (words !== undefined && session.steps.length === 0) session.instructions = words;
  },
  'user.message'(reading, { content, transformedContent }, atMs) {
    const { endMs, keep } = reading;
    reading.user = together(reading.user, contentSaid(transformedContent ?? content, keep));
    if (endMs !== undefined && atMs !== undefined) reading.pauseMs ??= Math.max(0, atMs - endMs);
  },
  'session.usage_record'(reading, { usage }, atMs) {
    const facts = recordOf(usage);
    reading.endMs = atMs;
    reading.requestBytes ??= lengthMsOf(facts['requestBodyBytes']);
    const step: RecordedStep = { calls: [] };
    const { user, pauseMs } = reading;
    if (user !== undefined) step.user = user;
    if (pauseMs !== undefined) step.pauseMs = pauseMs;
    reading.user = reading.pauseMs = undefined;
    const modelMs = lengthMsOf(facts['duration']);
    const firstTokenMs = lengthMsOf(facts['timeToFirstTokenMs']);
    if (modelMs !== undefined) step.modelMs = modelMs;
    if (firstTokenMs !== undefined) step.firstTokenMs = firstTokenMs;
    const tokens = tokensFrom({
      input: facts['inputTokens'],
      cached: facts['cacheReadTokens'],
      output: facts['outputTokens'],
      reasoning: facts['reasoningTokens'],
    });
    if (tokens !== undefined) step.tokens = tokens;
    reading.session.steps.push(step);
  },
  'assistant.message'({ session, keep, calls, endMs }, { content, reasoningText, toolRequests }) {
    const step = session.steps.at(-1);
    if (step === undefined) return;
    const text = together(step.text, contentSaid(content, keep));
    const reasoning = together(step.reasoning, contentSaid(reasoningText, keep));
    if (text !== undefined) step.text = text;
    if (reasoning !== undefined) step.reasoning = reasoning;
    for (const request of Array.isArray(toolRequests) ? toolRequests : []) {
      const { toolCallId, name, arguments: given } = recordOf(request);
      const call = { name: stringOf(name) || 'tool', arguments: argumentsSaid(given, keep) };
      step.calls.push(call);
      calls.set(stringOf(toolCallId), { call, endMs });
    }
  },
  'tool.execution_complete'({ calls, keep }, { toolCallId, result, error }, atMs) {
    const answered = calls.get(stringOf(toolCallId));
    if (answered === undefined) return;
    const { call, endMs } = answered;
    const { content } = recordOf(result);
    call.output = outputSaid(content ?? recordOf(error)['message'] ?? '', keep);
    if (endMs !== undefined && atMs !== undefined) call.timeMs = Math.max(0, atMs - endMs);
  },
};

/** Tools are in no event, but the size of the first request is. */
function deduceTools({ session, requestBytes }: Reading): void {
  if (requestBytes === undefined) return;
  const { instructions, steps } = session;
  const parts = [instructions, steps[0]?.user];
  const saidBytes = parts.reduce((sum, part) => sum + (part?.bytes ?? 0) + (part?.escapes ?? 0), 0);
  const toolsBytes = requestBytes - saidBytes - OTHER_FIELDS_BYTES;
  if (toolsBytes < 0) return;
  session.toolsBytes = toolsBytes;
  session.assumed.push(
    `tools: what the first request of ${requestBytes} bytes has beside instructions and user`,
  );
}

/** Model, reasoning, include and what wraps messages. */
const OTHER_FIELDS_BYTES = 450;
