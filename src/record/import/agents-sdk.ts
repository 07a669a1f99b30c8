import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import type {
  RecordedCall,
  RecordedSession,
  RecordedStep,
  RecordedTokens,
} from '../session/session.ts';
import { argumentsSaid, outputSaid, timeMsOf, tokensFrom } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/** Trace items of the OpenAI Agents SDK: spans of responses and functions, and around each pair a turn that has the usage. */
export const agentsSdk: SessionFormat = {
  name: 'agents-sdk',
  title: 'OpenAI Agents SDK trace',
  recognise: (head) => head.some(({ object }) => /^trace(\.span)?$/.test(stringOf(object))),
  async read(records, { name, keep }) {
    const traces = new Map<string, Item[]>();
    for await (const { value } of records) {
      const item = itemOf(value, keep);
      if (item === undefined) continue;
      const list = traces.get(item.traceId);
      if (list === undefined) traces.set(item.traceId, [item]);
      else list.push(item);
    }
    const sessions = [...traces.values()].map((items) => sessionOf(items, name));
    return sessions.filter(({ steps }) => steps.length > 0);
  },
};

/** A span, without its words. */
interface Item {
  traceId: string;
  id: string;
  parent: string;
  startMs: number;
  endMs: number;
  what:
    | { kind: 'response' }
    | { kind: 'function'; call: RecordedCall }
    | { kind: 'other'; tokens: RecordedTokens | undefined };
}

function itemOf(value: Record<string, unknown>, keep: boolean): Item | undefined {
  const startMs = timeMsOf(value['started_at']);
  const endMs = timeMsOf(value['ended_at']);
  if (startMs === undefined || endMs === undefined) return undefined;
  return {
    traceId: stringOf(value['trace_id']),
    id: stringOf(value['id']),
    parent: stringOf(value['parent_id']),
    startMs,
    endMs,
    what: whatOf(recordOf(value['span_data']), keep),
  };
}

function whatOf(data: Record<string, unknown>, keep: boolean): Item['what'] {
  if (data['type'] === 'response') return { kind: 'response' };
  if (data['type'] !== 'function') {
    const usage = recordOf(recordOf(data['data'])['usage']);
    const { input_tokens: input, cached_input_tokens: cached, output_tokens: output } = usage;
    return { kind: 'other', tokens: tokensFrom({ input, cached, output }) };
  }
  return {
    kind: 'function',
    call: {
      name: stringOf(data['name']) || 'tool',
      arguments: argumentsSaid(data['input'], keep),
      output: outputSaid(data['output'], keep),
    },
  };
}

function sessionOf(items: readonly Item[], name: string): RecordedSession {
  const inOrder = [...items].sort((a, b) => a.startMs - b.startMs);
  const responses = inOrder.filter(({ what }) => what.kind === 'response');
  const byId = new Map(items.map((item) => [item.id, item.what]));
  const steps = responses.map(({ parent, startMs, endMs }, index): RecordedStep => {
    const turn = byId.get(parent);
    const tokens = turn?.kind === 'other' ? turn.tokens : undefined;
    const calls = inOrder.flatMap((item) =>
      item.what.kind === 'function' && item.parent === parent
        ? [{ ...item.what.call, timeMs: Math.max(0, item.endMs - endMs) }]
        : [],
    );
    const next = responses[index + 1];
    const slowest = calls.toSorted((a, b) => b.timeMs - a.timeMs)[0];
    // The next request came when the last result, and the client's own work after it, was done.
    if (next && slowest) slowest.timeMs = Math.max(0, next.startMs - endMs);
    return { modelMs: endMs - startMs, ...(tokens && { tokens }), calls };
  });
  return { name, origin: agentsSdk.title, steps, assumed: [], notes: [] };
}
