import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
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
      const item = itemOf(value);
      if (item === undefined) continue;
      const list = traces.get(item.traceId);
      if (list === undefined) traces.set(item.traceId, [item]);
      else list.push(item);
    }
    const sessions = [...traces.values()].map((items) => sessionOf(items, name, keep));
    return sessions.filter(({ steps }) => steps.length > 0);
  },
};

interface Item {
  traceId: string;
  id: string;
  parent: string;
  startMs: number;
  endMs: number;
  data: Record<string, unknown>;
}

function itemOf(value: Record<string, unknown>): Item | undefined {
  const startMs = timeMsOf(value['started_at']);
  const endMs = timeMsOf(value['ended_at']);
  if (startMs === undefined || endMs === undefined) return undefined;
  const [traceId, id, parent] = ['trace_id', 'id', 'parent_id'].map((key) => stringOf(value[key]));
  const data = recordOf(value['span_data']);
  return { traceId: traceId ?? '', id: id ?? '', parent: parent ?? '', startMs, endMs, data };
}

function sessionOf(items: readonly Item[], name: string, keep: boolean): RecordedSession {
  const inOrder = [...items].sort((a, b) => a.startMs - b.startMs);
  const responses = inOrder.filter(({ data }) => data['type'] === 'response');
  const steps = responses.map((response, index): RecordedStep => {
    const turn = items.find(({ id }) => id === response.parent);
    const usage = recordOf(recordOf(turn?.data['data'])['usage']);
    const tokens = tokensFrom({
      input: usage['input_tokens'],
      cached: usage['cached_input_tokens'],
      output: usage['output_tokens'],
    });
    const calls = inOrder
      .filter(({ data, parent }) => data['type'] === 'function' && parent === response.parent)
      .map((call) => callOf(call, response.endMs, keep));
    const next = responses[index + 1];
    const slowest = calls.toSorted((a, b) => (b.timeMs ?? 0) - (a.timeMs ?? 0))[0];
    // The next request came when the last result, and the client's own work after it, was done.
    if (next && slowest) slowest.timeMs = Math.max(0, next.startMs - response.endMs);
    return { modelMs: response.endMs - response.startMs, ...(tokens && { tokens }), calls };
  });
  return { name, origin: agentsSdk.title, steps, assumed: [], notes: [] };
}

function callOf({ endMs, data }: Item, modelEndMs: number, keep: boolean): RecordedCall {
  return {
    name: stringOf(data['name']) || 'tool',
    arguments: argumentsSaid(data['input'], keep),
    output: outputSaid(data['output'], keep),
    timeMs: Math.max(0, endMs - modelEndMs),
  };
}
