import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { saidBytes } from '../session/said.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import { argumentsSaid, timeMsOf, tokensFrom } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/** The logs that Codex CLI exports as OTLP (`[otel] exporter`): the end of each response, and each tool's result. */
export const codexLogs: SessionFormat = {
  name: 'codex-logs',
  title: 'Codex OTLP logs',
  recognise: (head) => head.some((record) => Array.isArray(record['resourceLogs'])),
  async read(records, { name, keep }) {
    const session: RecordedSession = {
      ...{ name, origin: codexLogs.title, steps: [], assumed: [], notes: [] },
    };
    const events: Event[] = [];
    for await (const { value } of records) events.push(...eventsIn(value));
    events.sort((a, b) => a.atMs - b.atMs);
    let endMs: number | undefined;
    for (const { name: event, atMs, facts } of events) {
      const last = session.steps.at(-1);
      if (event === 'codex.sse_event' && facts['event.kind'] === 'response.completed') {
        const step = stepOf(facts);
        if (step === undefined) session.notes.push('a warm-up that is not replayed');
        else session.steps.push(step);
        endMs = atMs;
      } else if (event === 'codex.tool_result' && last !== undefined && endMs !== undefined) {
        last.calls.push(callOf(facts, atMs - endMs, keep));
      }
    }
    return session.steps.length === 0 ? [] : [session];
  },
};

interface Event {
  name: string;
  atMs: number;
  facts: Record<string, unknown>;
}

function eventsIn(record: Record<string, unknown>): Event[] {
  return listIn(record['resourceLogs'])
    .flatMap(({ scopeLogs }) => listIn(scopeLogs))
    .flatMap(({ logRecords }) => listIn(logRecords))
    .flatMap(({ attributes }) => {
      const facts: Record<string, unknown> = Object.fromEntries(
        listIn(attributes).map(({ key, value }): [string, unknown] => [
          stringOf(key),
          Object.values(recordOf(value))[0],
        ]),
      );
      const atMs = timeMsOf(facts['event.timestamp']);
      const name = stringOf(facts['event.name']);
      return atMs === undefined ? [] : [{ name, atMs, facts }];
    });
}

function listIn(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** A response without a token is a warm-up. */
function stepOf(facts: Record<string, unknown>): RecordedStep | undefined {
  const tokens = tokensFrom({
    input: facts['input_token_count'],
    cached: facts['cached_token_count'],
    output: facts['output_token_count'],
    reasoning: facts['reasoning_token_count'],
  });
  return tokens?.output === 0 ? undefined : { calls: [], ...(tokens && { tokens }) };
}

function callOf(facts: Record<string, unknown>, timeMs: number, keep: boolean): RecordedCall {
  const bytes = Number(facts['output_length']);
  const given = facts['arguments'];
  const output = facts['output'];
  return {
    name: stringOf(facts['tool_name']) || 'tool',
    ...(typeof given === 'string' && { arguments: argumentsSaid(given, keep) }),
    ...(bytes > 0 && { output: saidBytes(bytes) }),
    ...(typeof output === 'string' && { output: argumentsSaid(output, keep) }),
    timeMs: Math.max(0, timeMs),
  };
}
