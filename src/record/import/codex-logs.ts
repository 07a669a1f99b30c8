import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import type { RecordedCall, RecordedSession, RecordedStep } from '../session/session.ts';
import { argumentsSaid, outputSaid, timeMsOf, tokensFrom } from '../session/values.ts';
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
    for await (const { value } of records) events.push(...eventsIn(value, keep));
    events.sort((a, b) => a.atMs - b.atMs);
    let endMs: number | undefined;
    for (const { what, atMs } of events) {
      if (what === 'warm-up') session.notes.push('a warm-up that is not replayed');
      else if ('calls' in what) session.steps.push(what);
      else if (endMs !== undefined) {
        session.steps.at(-1)?.calls.push({ ...what, timeMs: Math.max(0, atMs - endMs) });
      }
      if (what === 'warm-up' || 'calls' in what) endMs = atMs;
    }
    return session.steps.length === 0 ? [] : [session];
  },
};

/** A step that ended, a tool that was done, or neither. */
interface Event {
  atMs: number;
  what: RecordedStep | RecordedCall | 'warm-up';
}

function eventsIn(record: Record<string, unknown>, keep: boolean): Event[] {
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
      const what = eventOf(facts, keep);
      return atMs === undefined || what === undefined ? [] : [{ atMs, what }];
    });
}

function eventOf(facts: Record<string, unknown>, keep: boolean): Event['what'] | undefined {
  const name = stringOf(facts['event.name']);
  if (name === 'codex.tool_result') return callOf(facts, keep);
  return name === 'codex.sse_event' && facts['event.kind'] === 'response.completed'
    ? stepOf(facts)
    : undefined;
}

function listIn(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

/** A response without a token is a warm-up. */
function stepOf(facts: Record<string, unknown>): RecordedStep | 'warm-up' {
  const tokens = tokensFrom({
    input: facts['input_token_count'],
    cached: facts['cached_token_count'],
    output: facts['output_token_count'],
    reasoning: facts['reasoning_token_count'],
  });
  return tokens?.output === 0 ? 'warm-up' : { calls: [], ...(tokens && { tokens }) };
}

function callOf(
  { tool_name: name, arguments: given, output }: Record<string, unknown>,
  keep: boolean,
): RecordedCall {
  return {
    name: stringOf(name) || 'tool',
    ...(typeof given === 'string' && { arguments: argumentsSaid(given, keep) }),
    ...(typeof output === 'string' && { output: outputSaid(output, keep) }),
  };
}
