import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { together } from '../session/said.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import { argumentsSaid, contentSaid, timeMsOf, tokensFrom } from '../session/values.ts';
import type { ReadOptions, SessionFormat } from './format.ts';
import type { SourceRecord } from './records.ts';

/**
 * A Claude Code session (`~/.claude/projects/<folder>/<id>.jsonl`): a line for each block of a response, all with its
 * `requestId`, and a line for each user's turn, results of tools among them. As 2.0 writes it.
 */
export const claude: SessionFormat = {
  name: 'claude',
  title: 'Claude Code session',
  recognise: (head) =>
    head.some(
      ({ type, message, sessionId }) =>
        (type === 'user' || type === 'assistant') && isRecord(message) && sessionId !== undefined,
    ),
  read: readSession,
};

interface Line {
  uuid: string;
  parent: string;
  value: Record<string, unknown>;
}

interface Reading {
  session: RecordedSession;
  keep: boolean;
  /** Steps by the request that made them. */
  steps: Map<string, RecordedStep>;
  calls: Map<string, { call: RecordedCall; step: RecordedStep }>;
  endMs: Map<RecordedStep, number>;
  /** What the next step brings. */
  next: Pick<RecordedStep, 'user' | 'pauseMs'>;
  lastInputMs: number | undefined;
}

async function readSession(
  records: AsyncIterable<SourceRecord>,
  { name, keep }: ReadOptions,
): Promise<RecordedSession[]> {
  const side = new Map<string, Line[]>();
  let passedOver = 0;
  for await (const { value } of records) {
    if (!isOfConversation(value)) {
      passedOver += 1;
      continue;
    }
    const line = { uuid: stringOf(value['uuid']), parent: stringOf(value['parentUuid']), value };
    const conversation = value['isSidechain'] === true ? stringOf(value['agentId']) || 'side' : '';
    side.set(conversation, [...(side.get(conversation) ?? []), line]);
  }
  const sessions = [...side].map(([agent, lines], index) => {
    const session = conversationOf(lines, agent === '' ? name : `${name}-agent-${index}`, keep);
    if (agent !== '') session.notes.push('a sub-agent of the session');
    return session;
  });
  const [first] = sessions;
  if (first && passedOver > 0) {
    first.notes.push(`${passedOver} lines of kinds that are not needed or not known`);
  }
  return sessions.filter(({ steps }) => steps.length > 0);
}

/** Lines that the client wrote for itself were never sent. */
function isOfConversation({ type, isMeta, message }: Record<string, unknown>): boolean {
  if ((type !== 'user' && type !== 'assistant') || isMeta === true) return false;
  const { content } = recordOf(message);
  return !(
    typeof content === 'string' && /^\s*<(command-name|local-command-stdout)>/.test(content)
  );
}

function conversationOf(lines: readonly Line[], name: string, keep: boolean): RecordedSession {
  const reading: Reading = {
    session: { name, origin: claude.title, steps: [], assumed: [], notes: [] },
    keep,
    steps: new Map(),
    calls: new Map(),
    endMs: new Map(),
    next: {},
    lastInputMs: undefined,
  };
  for (const { value } of liveBranch(lines)) {
    const message = recordOf(value['message']);
    const atMs = timeMsOf(value['timestamp']);
    if (value['type'] === 'assistant') readAnswer(reading, value, message, atMs);
    else readUser(reading, message, atMs);
  }
  return reading.session;
}

/** From the last line back by its parents: a rewound conversation leaves dead branches. */
function liveBranch(lines: readonly Line[]): readonly Line[] {
  const byId = new Map(lines.map((line) => [line.uuid, line]));
  const branch: Line[] = [];
  const seen = new Set<string>();
  let line = lines.at(-1);
  while (line !== undefined && !seen.has(line.uuid)) {
    branch.push(line);
    seen.add(line.uuid);
    line = byId.get(line.parent);
  }
  // Lines that were passed over, or a compaction, may stand between: then the file's own order must do.
  const whole = branch.length > 0 && branch.at(-1) === lines[0];
  return whole ? branch.reverse() : lines;
}

function readAnswer(
  reading: Reading,
  { requestId }: Record<string, unknown>,
  message: Record<string, unknown>,
  atMs: number | undefined,
): void {
  const { session, keep, steps, calls, endMs } = reading;
  const id = stringOf(requestId) || stringOf(message['id']);
  let step = steps.get(id);
  if (step === undefined) {
    step = { ...reading.next, calls: [] };
    reading.next = {};
    steps.set(id, step);
    session.steps.push(step);
  }
  if (typeof message['model'] === 'string') session.model ??= message['model'];
  for (const block of Array.isArray(message['content']) ? message['content'] : []) {
    const { type, thinking, text, name, input, id: callId } = recordOf(block);
    const thought = together(step.reasoning, contentSaid(thinking, keep));
    const words = together(step.text, contentSaid(text, keep));
    if (type === 'thinking' && thought) step.reasoning = thought;
    if (type === 'text' && words) step.text = words;
    if (type !== 'tool_use') continue;
    const call = { name: stringOf(name) || 'tool', arguments: argumentsSaid(input, keep) };
    step.calls.push(call);
    calls.set(stringOf(callId), { call, step });
  }
  readUsage(step, recordOf(message['usage']));
  if (atMs === undefined) return;
  endMs.set(step, atMs);
  if (reading.lastInputMs !== undefined) step.modelMs = Math.max(0, atMs - reading.lastInputMs);
}

/** Every line of a response repeats its usage, the early ones before all of it was said. */
function readUsage(step: RecordedStep, usage: Record<string, unknown>): void {
  const counts = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  const [fresh, written, cached] = counts.map((name) => tokensFrom({ input: usage[name] })?.input);
  if (fresh === undefined) return;
  const tokens = tokensFrom({
    input: fresh + (written ?? 0) + (cached ?? 0),
    cached,
    output: usage['output_tokens'],
  });
  if (tokens !== undefined) step.tokens = tokens;
}

function readUser(
  reading: Reading,
  { content }: Record<string, unknown>,
  atMs: number | undefined,
): void {
  const { session, keep, calls, endMs } = reading;
  const blocks: unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  for (const block of blocks) {
    const { type, tool_use_id: id, content: output } = recordOf(block);
    if (type !== 'tool_result') {
      const words = together(reading.next.user, contentSaid([block], keep));
      if (words !== undefined) reading.next.user = words;
      const before = session.steps.at(-1);
      const beforeMs = before && endMs.get(before);
      if (before?.calls.length === 0 && beforeMs !== undefined && atMs !== undefined) {
        reading.next.pauseMs ??= Math.max(0, atMs - beforeMs);
      }
      continue;
    }
    const answered = calls.get(stringOf(id));
    if (answered === undefined) continue;
    const { call, step } = answered;
    call.output = contentSaid(output ?? '', keep) ?? { bytes: 0, escapes: 0 };
    const doneMs = endMs.get(step);
    if (doneMs !== undefined && atMs !== undefined) call.timeMs = Math.max(0, atMs - doneMs);
  }
  reading.lastInputMs = atMs ?? reading.lastInputMs;
}
