import { isRecord, recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { createAnswerReader, eventsOf } from '../exchange/answer.ts';
import { createConversations } from '../exchange/conversations.ts';
import { type Exchange, requestFacts } from '../exchange/exchange.ts';
import { createSocketReader } from '../exchange/socket.ts';
import { timeMsOf } from '../session/values.ts';
import type { SessionFormat } from './format.ts';

/**
 * An HTTP archive (HAR 1.2): POSTs of responses or chat completions with their bodies, and WebSocket messages as Chrome
 * and Playwright add them. Headers are not looked at.
 */
export const har: SessionFormat = {
  name: 'har',
  title: 'HTTP archive (HAR)',
  recognise: ([first]) => isRecord(first?.['log']) && Array.isArray(first['log']['entries']),
  async read(records, { name, keep }) {
    const conversations = createConversations(name, har.title);
    let passedOver = 0;
    for await (const { value } of records) {
      const { entries } = recordOf(value['log']);
      const exchanges = (Array.isArray(entries) ? entries : []).flatMap((entry) => {
        const found = exchangesOf(recordOf(entry), keep);
        if (found.length === 0) passedOver += 1;
        return found;
      });
      exchanges.sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
      for (const exchange of exchanges) conversations.add(exchange);
    }
    const sessions = conversations.sessions();
    if (passedOver > 0) sessions[0]?.notes.push(`${passedOver} entries that are no model calls`);
    return sessions;
  },
};

function exchangesOf(entry: Record<string, unknown>, keep: boolean): Exchange[] {
  const request = recordOf(entry['request']);
  const messages = entry['_webSocketMessages'];
  if (Array.isArray(messages)) return fromMessages(messages, keep);
  if (request['method'] !== 'POST' || !isModelCall(stringOf(request['url']))) return [];
  const body = jsonOf(bodyOf(request['postData']));
  const answer = answerOf(bodyOf(recordOf(entry['response'])['content']), keep);
  const startMs = timeMsOf(entry['startedDateTime']);
  if (!isRecord(body) || answer === undefined) return [];
  const lengthMs = Number(entry['time']);
  return [
    {
      request: requestFacts(body, keep),
      answer,
      ...(startMs !== undefined && { startMs }),
      // No time of any event is there: the first token is not known.
      ...(startMs !== undefined && lengthMs >= 0 && { endMs: startMs + lengthMs }),
    },
  ];
}

function isModelCall(url: string): boolean {
  return /\/(responses|chat\/completions)\/?(\?.*)?$/.test(url);
}

function answerOf(body: string, keep: boolean) {
  const reader = createAnswerReader(keep);
  const whole = jsonOf(body);
  for (const event of whole === undefined ? eventsOf(body) : [whole]) reader.take(event);
  return reader.answer();
}

function bodyOf(content: unknown): string {
  const { text, encoding } = recordOf(content);
  const body = stringOf(text);
  return encoding === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function fromMessages(messages: readonly unknown[], keep: boolean): Exchange[] {
  const exchanges: Exchange[] = [];
  const reader = createSocketReader(keep, (exchange) => {
    if (exchange !== undefined) exchanges.push(exchange);
  });
  for (const message of messages) {
    const { type, time, data } = recordOf(message);
    const value = jsonOf(stringOf(data));
    const atMs = timeMsOf(time);
    if (value === undefined || atMs === undefined) continue;
    if (type === 'send') reader.sent(value, atMs);
    else reader.received(value, atMs);
  }
  return exchanges;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
