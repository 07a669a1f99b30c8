import { recordOf } from '../../is-record.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { type AnswerReader, createAnswerReader } from './answer.ts';
import { type Exchange, type RequestFacts, requestFacts } from './exchange.ts';

/** Makes exchanges of the messages of one WebSocket. */
export interface SocketReader {
  sent(message: unknown, atMs: number): void;
  received(message: unknown, atMs: number): void;
}

interface Asked {
  request: RequestFacts;
  startMs: number;
  reader: AnswerReader;
  firstTokenMs?: number;
}

/**
 * A reader of messages in the order in which they went. Answers come in the order of their requests, lane by lane
 * (`stream_id`); what belongs to no request is passed over.
 * @param onEnd told of each exchange as it ends; of one that failed, only that it did
 */
export function createSocketReader(
  keep: boolean,
  onEnd: (exchange: Exchange | undefined) => void,
): SocketReader {
  const lanes = new Map<string, Asked[]>();
  return {
    sent(message, startMs) {
      const { type, stream_id: lane, response, ...body } = recordOf(message);
      if (type !== 'response.create') return;
      const request = requestFacts({ ...recordOf(response), ...body }, keep);
      const asked = { request, startMs, reader: createAnswerReader(keep) };
      const queue = lanes.get(stringOf(lane));
      if (queue === undefined) lanes.set(stringOf(lane), [asked]);
      else queue.push(asked);
    },
    received(message, atMs) {
      const { type, stream_id: lane } = recordOf(message);
      const queue = lanes.get(stringOf(lane)) ?? [];
      const [asked] = queue;
      if (asked === undefined) return;
      const { request, startMs, reader } = asked;
      reader.take(message);
      if (reader.speaks()) asked.firstTokenMs ??= atMs;
      const answer = reader.answer();
      if (answer === undefined && !failures.has(stringOf(type))) return;
      queue.shift();
      const { firstTokenMs } = asked;
      onEnd(
        answer && {
          ...{ request, answer, startMs, endMs: atMs },
          ...(firstTokenMs !== undefined && { firstTokenMs }),
        },
      );
    },
  };
}

const failures = new Set(['error', 'response.failed', 'response.cancelled']);
