import { isRecord, recordOf } from '../../is-record.ts';
import { createAnswerReader } from '../exchange/answer.ts';
import { createConversations } from '../exchange/conversations.ts';
import { type Exchange, requestFacts } from '../exchange/exchange.ts';
import { lengthMsOf, timeMsOf } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/**
 * Requests and responses as JSON, a pair a line (`{ request, response }`, or `{ body, response: { body } }` as batches
 * have it), of the Responses API or of Chat Completions; with `start`, `first_token` and `end`, or `duration_ms`, where known.
 */
export const openaiJsonl: SessionFormat = {
  name: 'openai-jsonl',
  title: 'OpenAI-style requests and responses (JSONL)',
  recognise: (head) => head.some((record) => isRequest(requestOf(record))),
  async read(records, { name, keep }) {
    const conversations = createConversations(name, openaiJsonl.title);
    let silent = 0;
    for await (const { value } of records) {
      const exchange = exchangeOf(value, keep);
      if (exchange === undefined) silent += 1;
      else conversations.add(exchange);
    }
    const sessions = conversations.sessions();
    if (silent > 0) sessions[0]?.notes.push(`${silent} lines without a request and its response`);
    return sessions;
  },
};

function requestOf(record: Record<string, unknown>): unknown {
  return record['request'] ?? record['body'] ?? record;
}

function isRequest(request: unknown): boolean {
  const { model, input, messages } = recordOf(recordOf(request)['body'] ?? request);
  return typeof model === 'string' && (input !== undefined || Array.isArray(messages));
}

function exchangeOf(record: Record<string, unknown>, keep: boolean): Exchange | undefined {
  const request = recordOf(requestOf(record));
  const response = recordOf(record['response']);
  const reader = createAnswerReader(keep);
  const body = response['body'] ?? record['response'];
  const events = Array.isArray(body) ? body : (record['events'] ?? [body]);
  for (const event of Array.isArray(events) ? events : []) reader.take(event);
  const answer = reader.answer();
  if (answer === undefined || !isRequest(request)) return undefined;
  const startMs = firstTime(record, ['start', 'started_at', 'start_time', 'timestamp', 'time']);
  const lengthMs = lengthMsOf(record['duration_ms'] ?? record['latency_ms']);
  const firstMs = lengthMsOf(record['ttft_ms'] ?? record['time_to_first_token_ms']);
  const endMs =
    firstTime(record, ['end', 'ended_at', 'end_time']) ??
    (startMs === undefined || lengthMs === undefined ? undefined : startMs + lengthMs);
  const firstTokenMs =
    firstTime(record, ['first_token', 'first_token_at']) ??
    (startMs === undefined || firstMs === undefined ? undefined : startMs + firstMs);
  return {
    request: requestFacts(isRecord(request['body']) ? request['body'] : request, keep),
    answer,
    ...(startMs !== undefined && { startMs }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(endMs !== undefined && { endMs }),
  };
}

function firstTime(record: Record<string, unknown>, names: readonly string[]): number | undefined {
  return names.map((name) => timeMsOf(record[name])).find((ms) => ms !== undefined);
}
