import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { type Said, together } from '../session/said.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import {
  argumentsSaid,
  contentSaid,
  lengthMsOf,
  outputSaid,
  timeMsOf,
  tokensFrom,
  toolsFrom,
} from '../session/values.ts';
import type { ReadOptions, SessionFormat } from './format.ts';
import type { SourceRecord } from './records.ts';

/**
 * A Codex CLI rollout (`~/.codex/sessions/Y/M/D/rollout-*.jsonl`): a line for each item, and one at the end of each
 * response. As Codex 0.66 and 0.169 write it.
 */
export const codex: SessionFormat = {
  name: 'codex',
  title: 'Codex rollout',
  recognise: (head) =>
    head.some(({ type, payload }) => payload !== undefined && firstLines.has(stringOf(type))),
  read: async (records, options) => {
    const session = await readRollout(records, options);
    return session.steps.length === 0 ? [] : [session];
  },
};

const firstLines = new Set(['session_meta', 'response_item', 'turn_context', 'token_usage_record']);

interface Reading {
  session: RecordedSession;
  keep: boolean;
  /** The step whose items are coming in. */
  step: RecordedStep;
  /** Calls without a result by their id, which may be used again after a compaction. */
  open: Map<string, RecordedCall>;
  /** When a response was over, and when a result was there. */
  endMs: Map<RecordedStep, number>;
  resultMs: Map<RecordedCall, number>;
  lastInputMs: number | undefined;
  /** The turn under way: when it began, and its first step. */
  turn: { startMs: number | undefined; first: RecordedStep | undefined; inputMs?: number };
  /** Usage lines are there: token counts only repeat them. */
  hasUsage: boolean;
  lastCount: string;
  base: Said | undefined;
  unknown: number;
}

async function readRollout(
  records: AsyncIterable<SourceRecord>,
  { name, keep }: ReadOptions,
): Promise<RecordedSession> {
  const reading: Reading = {
    session: { name, origin: codex.title, steps: [], assumed: [], notes: [] },
    keep,
    step: { calls: [] },
    open: new Map(),
    endMs: new Map(),
    resultMs: new Map(),
    lastInputMs: undefined,
    turn: { startMs: undefined, first: undefined },
    hasUsage: false,
    lastCount: '',
    base: undefined,
    unknown: 0,
  };
  for await (const { value } of records) {
    const kind = stringOf(value['type']);
    const read = Object.hasOwn(lines, kind) ? lines[kind] : undefined;
    if (read === undefined) reading.unknown += 1;
    else read(reading, recordOf(value['payload']), timeMsOf(value['timestamp']));
  }
  return finish(reading);
}

type Read = (reading: Reading, payload: Record<string, unknown>, atMs: number | undefined) => void;

const lines: Readonly<Record<string, Read>> = {
  session_meta(reading, { source, base_instructions: base }) {
    const spawned = recordOf(recordOf(recordOf(source)['subagent'])['thread_spawn']);
    if (spawned['parent_thread_id'] !== undefined) {
      reading.session.notes.push('a sub-agent of another session');
    }
    reading.base = contentSaid(recordOf(base)['text'], reading.keep);
  },
  turn_context({ session }, { model }) {
    if (typeof model === 'string') session.model ??= model;
  },
  response_item(reading, item, atMs) {
    const read = itemReader(stringOf(item['type']));
    if (read === undefined) reading.unknown += 1;
    else read(reading, item, atMs);
  },
  token_usage_record(reading, { usage }, atMs) {
    reading.hasUsage = true;
    endStep(reading, recordOf(usage), atMs);
  },
  event_msg(reading, event, atMs) {
    if (event['type'] === 'task_started') reading.turn = { startMs: atMs, first: undefined };
    if (event['type'] === 'task_complete') endTurn(reading, event);
    if (event['type'] === 'token_count' && !reading.hasUsage) countTokens(reading, event, atMs);
  },
  compacted({ session }) {
    session.notes.push('a compaction: a replay keeps the context that it cut');
  },
  world_state: () => undefined,
};

function itemReader(type: string): Read | undefined {
  if (type === 'message') return readMessage;
  if (type === 'reasoning') return readReasoning;
  if (type === 'additional_tools') return readTools;
  if (type.endsWith('_call_output')) return readResult;
  // The others are the server's own: nobody answers them.
  return ['function_call', 'custom_tool_call', 'local_shell_call'].includes(type)
    ? readCall
    : undefined;
}

const readMessage: Read = (reading, { role, content }, atMs) => {
  const { session, step, keep } = reading;
  const words = contentSaid(content, keep);
  if (role === 'assistant') {
    step.text = together(step.text, words) ?? { bytes: 0, escapes: 0 };
    return;
  }
  reading.lastInputMs = atMs;
  if (role !== 'user' && session.steps.length === 0) {
    const opening = together(session.instructions, words);
    if (opening !== undefined) session.instructions = opening;
    return;
  }
  const before = session.steps.at(-1);
  const beforeMs = before && reading.endMs.get(before);
  if (before?.calls.length === 0 && beforeMs !== undefined && atMs !== undefined) {
    step.pauseMs ??= Math.max(0, atMs - beforeMs);
  }
  const user = together(step.user, words);
  if (user !== undefined) step.user = user;
};

const readReasoning: Read = ({ step, keep }, { summary, content }) => {
  const thought = together(step.reasoning, contentSaid(summary, keep), contentSaid(content, keep));
  if (thought !== undefined) step.reasoning = thought;
};

const readTools: Read = ({ session }, { tools }) => {
  const offered = toolsFrom(tools);
  if (offered !== undefined) session.tools = [...(session.tools ?? []), ...offered];
};

const readCall: Read = ({ step, open, keep }, item) => {
  const { name, call_id: id, arguments: json, input, action } = item;
  const call: RecordedCall = {
    name: stringOf(name) || stringOf(item['type']),
    arguments: argumentsSaid(json ?? input ?? action, keep),
  };
  step.calls.push(call);
  open.set(stringOf(id), call);
};

const readResult: Read = (reading, { call_id: id, output }, atMs) => {
  const { open, resultMs, keep } = reading;
  reading.lastInputMs = atMs;
  const call = open.get(stringOf(id));
  if (call === undefined) return;
  open.delete(stringOf(id));
  call.output = outputSaid(output, keep);
  if (atMs !== undefined) resultMs.set(call, atMs);
};

/** Older files have these in place of usage lines; one that repeats the total says nothing new. */
function countTokens(
  reading: Reading,
  { info }: Record<string, unknown>,
  atMs: number | undefined,
): void {
  const { total_token_usage: total, last_token_usage: last } = recordOf(info);
  const count = JSON.stringify(total ?? last ?? null);
  if (count === 'null' || count === reading.lastCount) return;
  reading.lastCount = count;
  // A resumed session begins with what was counted before.
  if (saysSomething(reading.step)) endStep(reading, recordOf(last), atMs);
}

function endStep(reading: Reading, usage: Record<string, unknown>, atMs: number | undefined): void {
  const { session, step, lastInputMs, turn } = reading;
  const tokens = tokensFrom({
    input: usage['input_tokens'],
    cached: usage['cached_input_tokens'],
    output: usage['output_tokens'],
    reasoning: usage['reasoning_output_tokens'],
  });
  if (!saysSomething(step) && (tokens?.output ?? 0) === 0) return;
  if (tokens !== undefined) step.tokens = tokens;
  if (atMs !== undefined) {
    reading.endMs.set(step, atMs);
    if (lastInputMs !== undefined) step.modelMs = Math.max(0, atMs - lastInputMs);
  }
  if (turn.first === undefined) {
    turn.first = step;
    if (lastInputMs !== undefined) turn.inputMs = lastInputMs;
  }
  session.steps.push(step);
  reading.step = { calls: [] };
}

/** The time to the first token counts from the turn's start, so Codex's own set-up is in it. */
function endTurn({ turn }: Reading, event: Record<string, unknown>): void {
  const { first, startMs, inputMs } = turn;
  const statedMs = lengthMsOf(event['time_to_first_token_ms']);
  if (statedMs === undefined || first === undefined) return;
  const setUpMs = startMs === undefined || inputMs === undefined ? 0 : inputMs - startMs;
  first.firstTokenMs = Math.min(Math.max(0, statedMs - setUpMs), first.modelMs ?? Infinity);
}

function saysSomething({ text, reasoning, calls }: RecordedStep): boolean {
  return text !== undefined || reasoning !== undefined || calls.length > 0;
}

function finish(reading: Reading): RecordedSession {
  const { session, step, endMs, resultMs, base, unknown } = reading;
  if (saysSomething(step)) {
    session.steps.push(step);
    session.notes.push('the last response has no end');
  }
  for (const each of session.steps) {
    const end = endMs.get(each);
    for (const call of each.calls) {
      const result = resultMs.get(call);
      if (end !== undefined && result !== undefined) call.timeMs = Math.max(0, result - end);
    }
  }
  // Where the tools are an item of the input, the base instructions are one too.
  if (base !== undefined && base.bytes > 0 && session.tools === undefined) {
    const instructions = together(base, session.instructions);
    if (instructions !== undefined) session.instructions = instructions;
    session.assumed.push('base instructions: as the file has them; Codex may have sent others');
  }
  if (unknown > 0) session.notes.push(`${unknown} lines of kinds that are not needed or not known`);
  return session;
}
