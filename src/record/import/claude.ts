import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { type Said, together } from '../session/said.ts';
import type {
  RecordedCall,
  RecordedSession,
  RecordedStep,
  RecordedTokens,
} from '../session/session.ts';
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

/** A line, without its words. */
interface Line {
  uuid: string;
  parent: string;
  atMs: number | undefined;
  said: Answered | Told;
}

/** A part of a response. */
interface Answered {
  kind: 'answer';
  requestId: string;
  model: string | undefined;
  thought: Said | undefined;
  text: Said | undefined;
  calls: { id: string; call: RecordedCall }[];
  tokens: RecordedTokens | undefined;
}

/** A user's turn. */
interface Told {
  kind: 'user';
  words: Said | undefined;
  results: { id: string; output: Said }[];
}

interface Reading {
  session: RecordedSession;
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
  const conversations = new Map<string, Line[]>();
  let passedOver = 0;
  for await (const { value } of records) {
    if (!isOfConversation(value)) {
      passedOver += 1;
      continue;
    }
    const agent = value['isSidechain'] === true ? stringOf(value['agentId']) || 'side' : '';
    const lines = conversations.get(agent);
    if (lines === undefined) conversations.set(agent, [lineOf(value, keep)]);
    else lines.push(lineOf(value, keep));
  }
  const sessions = [...conversations].map(([agent, lines], index) => {
    const session = conversationOf(lines, agent === '' ? name : `${name}-agent-${index}`);
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

function lineOf(value: Record<string, unknown>, keep: boolean): Line {
  const message = recordOf(value['message']);
  const { content } = message;
  const blocks = (Array.isArray(content) ? content : [{ type: 'text', text: content }]).map(
    recordOf,
  );
  return {
    uuid: stringOf(value['uuid']),
    parent: stringOf(value['parentUuid']),
    atMs: timeMsOf(value['timestamp']),
    said:
      value['type'] === 'assistant'
        ? answered(stringOf(value['requestId']), message, blocks, keep)
        : told(blocks, keep),
  };
}

function answered(
  requestId: string,
  message: Record<string, unknown>,
  blocks: readonly Record<string, unknown>[],
  keep: boolean,
): Answered {
  const saidIn = (type: string, key: string) =>
    together(
      ...blocks
        .filter((block) => block['type'] === type)
        .map((block) => contentSaid(block[key], keep)),
    );
  return {
    kind: 'answer',
    requestId: requestId || stringOf(message['id']),
    model: stringOf(message['model']) || undefined,
    thought: saidIn('thinking', 'thinking'),
    text: saidIn('text', 'text'),
    calls: blocks
      .filter(({ type }) => type === 'tool_use')
      .map(({ id, name, input }) => ({
        id: stringOf(id),
        call: { name: stringOf(name) || 'tool', arguments: argumentsSaid(input, keep) },
      })),
    tokens: usageOf(recordOf(message['usage'])),
  };
}

function told(blocks: readonly Record<string, unknown>[], keep: boolean): Told {
  const isResult = ({ type }: Record<string, unknown>) => type === 'tool_result';
  return {
    kind: 'user',
    words: together(
      ...blocks.filter((block) => !isResult(block)).map((block) => contentSaid([block], keep)),
    ),
    results: blocks.filter(isResult).map(({ tool_use_id: id, content }) => ({
      id: stringOf(id),
      output: contentSaid(content ?? '', keep) ?? { bytes: 0, escapes: 0 },
    })),
  };
}

/** Every line of a response repeats its usage, the early ones before all of it was said. */
function usageOf(usage: Record<string, unknown>): RecordedTokens | undefined {
  const counts = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  const [fresh, written, cached] = counts.map((name) => tokensFrom({ input: usage[name] })?.input);
  if (fresh === undefined) return undefined;
  return tokensFrom({
    input: fresh + (written ?? 0) + (cached ?? 0),
    cached,
    output: usage['output_tokens'],
  });
}

function conversationOf(lines: readonly Line[], name: string): RecordedSession {
  const reading: Reading = {
    session: { name, origin: claude.title, steps: [], assumed: [], notes: [] },
    steps: new Map(),
    calls: new Map(),
    endMs: new Map(),
    next: {},
    lastInputMs: undefined,
  };
  for (const { said, atMs } of liveBranch(lines)) {
    if (said.kind === 'answer') readAnswer(reading, said, atMs);
    else readUser(reading, said, atMs);
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
  { requestId, model, thought, text, calls, tokens }: Answered,
  atMs: number | undefined,
): void {
  const { session, steps, endMs } = reading;
  let step = steps.get(requestId);
  if (step === undefined) {
    step = { ...reading.next, calls: [] };
    reading.next = {};
    steps.set(requestId, step);
    session.steps.push(step);
  }
  if (model !== undefined) session.model ??= model;
  const reasoning = together(step.reasoning, thought);
  const words = together(step.text, text);
  if (reasoning !== undefined) step.reasoning = reasoning;
  if (words !== undefined) step.text = words;
  for (const { id, call } of calls) {
    step.calls.push(call);
    reading.calls.set(id, { call, step });
  }
  if (tokens !== undefined) step.tokens = tokens;
  if (atMs === undefined) return;
  endMs.set(step, atMs);
  if (reading.lastInputMs !== undefined) step.modelMs = Math.max(0, atMs - reading.lastInputMs);
}

function readUser(reading: Reading, { words, results }: Told, atMs: number | undefined): void {
  const { session, calls, endMs } = reading;
  const user = together(reading.next.user, words);
  if (user !== undefined) {
    reading.next.user = user;
    const before = session.steps.at(-1);
    const beforeMs = before && endMs.get(before);
    if (before?.calls.length === 0 && beforeMs !== undefined && atMs !== undefined) {
      reading.next.pauseMs ??= Math.max(0, atMs - beforeMs);
    }
  }
  for (const { id, output } of results) {
    const open = calls.get(id);
    if (open === undefined) continue;
    const { call, step } = open;
    call.output = output;
    const doneMs = endMs.get(step);
    if (doneMs !== undefined && atMs !== undefined) call.timeMs = Math.max(0, atMs - doneMs);
  }
  reading.lastInputMs = atMs ?? reading.lastInputMs;
}
