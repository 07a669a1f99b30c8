import { type Said, together } from '../session/said.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import type { Exchange, RequestFacts } from './exchange.ts';
import type { ItemFacts } from './items.ts';

/** Finds out which exchanges belong to one conversation. */
export interface Conversations {
  /** Exchanges come in the order in which they began. */
  add(exchange: Exchange): void;
  /** A conversation had its history made shorter: what goes on from these items goes on from it. */
  compacted(request: RequestFacts, output: readonly ItemFacts[]): void;
  /** The conversations with at least one step, in the order in which they began. */
  sessions(): RecordedSession[];
}

interface Conversation {
  session: RecordedSession;
  /** Marks of all that was said, reasoning aside: a client may leave that out. */
  history: string[];
  lastId: string | undefined;
  /** Of all its responses. */
  ids: Set<string>;
  /** Without a result yet, by id. */
  calls: Map<string, RecordedCall>;
  lastEndMs: number | undefined;
  /** What a warm-up brought, which belongs to the first step. */
  early: ItemFacts[];
}

/**
 * A sorter of exchanges: one that names a response goes on from that; one that repeats all that a conversation had, and
 * adds to it, goes on from there. A conversation that goes on twice from the same place is two.
 */
export function createConversations(name: string, origin: string): Conversations {
  const conversations: Conversation[] = [];

  function begin(): Conversation {
    const conversation: Conversation = {
      session: { name, origin, steps: [], assumed: [], notes: [] },
      history: [],
      lastId: undefined,
      ids: new Set(),
      calls: new Map(),
      lastEndMs: undefined,
      early: [],
    };
    conversations.push(conversation);
    return conversation;
  }

  /** The conversation that repeats the most of what these marks begin with. */
  function repeatedBy(marks: readonly string[], most: number): Conversation | undefined {
    return conversations
      .filter(({ history }) => history.length > 0 && history.length <= most)
      .filter(({ history }) => history.every((mark, index) => mark === marks[index]))
      .sort((a, b) => b.history.length - a.history.length)[0];
  }

  function place({ request }: Exchange): { conversation: Conversation; fresh: ItemFacts[] } {
    const { previousId, input } = request;
    if (previousId !== undefined) {
      const found = conversations.find(({ lastId }) => lastId === previousId);
      if (found !== undefined) return { conversation: found, fresh: input };
      const conversation = begin();
      const isFork = conversations.some(({ ids }) => ids.has(previousId));
      conversation.session.notes.push(
        isFork
          ? 'a fork: goes on from an earlier response of another conversation'
          : 'goes on from a response that is not recorded',
      );
      return { conversation, fresh: input };
    }
    const marks = marksOf(input);
    const repeated = repeatedBy(marks, marks.length - 1);
    if (repeated === undefined) return { conversation: begin(), fresh: input };
    return { conversation: repeated, fresh: after(input, repeated.history.length) };
  }

  return {
    add(exchange) {
      const { conversation, fresh } = place(exchange);
      const { request, answer } = exchange;
      if (request.warmUp) conversation.early.push(...fresh);
      else addStep(conversation, exchange, [...conversation.early.splice(0), ...fresh]);
      conversation.history.push(...marksOf(fresh), ...marksOf(answer.output));
      conversation.lastId = answer.id;
      if (answer.id !== undefined) conversation.ids.add(answer.id);
    },
    compacted({ previousId, input }, output) {
      const marks = marksOf(input);
      const conversation =
        previousId === undefined
          ? repeatedBy(marks, marks.length)
          : conversations.find(({ lastId }) => lastId === previousId);
      if (conversation === undefined) return;
      const { calls, history } = conversation;
      for (const { kind, callId, said } of after(input, previousId ? 0 : history.length)) {
        const call = kind === 'result' ? calls.get(callId) : undefined;
        if (call !== undefined) call.output = said;
        calls.delete(callId);
      }
      conversation.history = marksOf(output);
      const steps = conversation.session.steps.length;
      conversation.session.notes.push(
        `compacted after step ${steps}: a replay keeps the context that it cut`,
      );
    },
    sessions() {
      const begun = conversations.map(({ session }) => session);
      return begun.filter(({ steps }) => steps.length > 0);
    },
  };
}

function marksOf(items: readonly ItemFacts[]): string[] {
  return items.filter(({ kind }) => kind !== 'reasoning').map(({ mark }) => mark);
}

/** Items after the first `count` that are no reasoning. */
function after(items: readonly ItemFacts[], count: number): ItemFacts[] {
  let left = count;
  const from = items.findIndex(({ kind }) => kind !== 'reasoning' && left-- === 0);
  return from < 0 ? [] : items.slice(from);
}

function addStep(
  conversation: Conversation,
  { request, answer, startMs, firstTokenMs, endMs }: Exchange,
  fresh: readonly ItemFacts[],
): void {
  const { session, lastEndMs } = conversation;
  const gapMs =
    startMs === undefined || lastEndMs === undefined ? undefined : Math.max(0, startMs - lastEndMs);
  const isFirst = session.steps.length === 0;
  if (isFirst) readPreamble(session, request, fresh);
  const spoken = isFirst ? fresh.filter(({ kind }) => kind !== 'order') : fresh;
  const step = stepFrom(conversation, spoken, gapMs);
  readAnswer(conversation, step, answer.output);
  if (answer.tokens !== undefined) step.tokens = answer.tokens;
  if (startMs !== undefined && firstTokenMs !== undefined) {
    step.firstTokenMs = Math.max(0, firstTokenMs - startMs);
  }
  if (startMs !== undefined && endMs !== undefined) step.modelMs = Math.max(0, endMs - startMs);
  conversation.lastEndMs = endMs ?? startMs;
  session.steps.push(step);
}

/** What every request carries, and what only the first does. */
function readPreamble(
  session: RecordedSession,
  { model, previousId, instructions, tools, otherBytes }: RequestFacts,
  fresh: readonly ItemFacts[],
): void {
  const orders = fresh.filter(({ kind }) => kind === 'order').map(({ said }) => said);
  const all = together(instructions, ...orders);
  if (all !== undefined) session.instructions = all;
  // What came before the response that it goes on from is in the prompt, too, but nobody knows what it was.
  else if (previousId === undefined) session.instructions = { bytes: 0, escapes: 0 };
  const ordersBytes = orders.reduce((sum, { bytes }) => sum + bytes, 0);
  if ((instructions?.bytes ?? 0) > ordersBytes) session.instructionsIn = 'request';
  if (tools !== undefined) session.tools = tools;
  if (otherBytes !== undefined) session.otherBytes = otherBytes;
  if (model !== undefined) session.model = model;
}

/** A step with what the client brings to it: results go to the calls that they answer, the rest is said by the user. */
function stepFrom(
  { calls }: Conversation,
  fresh: readonly ItemFacts[],
  gapMs: number | undefined,
): RecordedStep {
  const step: RecordedStep = { calls: [] };
  const words: (Said | undefined)[] = [];
  let answers = false;
  for (const { kind, said, callId } of fresh) {
    const call = kind === 'result' ? calls.get(callId) : undefined;
    if (call === undefined) {
      words.push(said);
      continue;
    }
    calls.delete(callId);
    call.output = said;
    // All that is known is when the last of parallel calls was done.
    if (gapMs !== undefined) call.timeMs = gapMs;
    answers = true;
  }
  const user = together(...words);
  if (user !== undefined) step.user = user;
  if (!answers && gapMs !== undefined) step.pauseMs = gapMs;
  return step;
}

function readAnswer(
  { calls }: Conversation,
  step: RecordedStep,
  output: readonly ItemFacts[],
): void {
  for (const { kind, said, name, callId } of output) {
    if (kind === 'call') {
      const call: RecordedCall = { name, arguments: said };
      step.calls.push(call);
      calls.set(callId, call);
    } else if (kind === 'reasoning') {
      const reasoning = together(step.reasoning, said);
      if (reasoning !== undefined) step.reasoning = reasoning;
    } else step.text = together(step.text, said) ?? said;
  }
}
