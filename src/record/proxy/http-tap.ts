import { createParser } from 'eventsource-parser';
import { recordOf } from '../../is-record.ts';
import { createAnswerReader } from '../exchange/answer.ts';
import { requestFacts } from '../exchange/exchange.ts';
import { itemsOf } from '../exchange/items.ts';
import { createDecoder } from './decoder.ts';
import { later } from './later.ts';
import type { Observation } from './observation.ts';

/** What looks at one request and its answer while they pass. */
export interface HttpTap {
  sent(chunk: Buffer): void;
  answers(status: number, contentType: string, encoding: string): void;
  received(chunk: Buffer): void;
  /** Nothing more comes: the answer is over, or somebody hung up. Only the first counts. */
  ended(): void;
}

/** More than any request or whole answer that is looked at; longer ones pass unread. */
const MAX_BODY_BYTES = 64 * 1024 ** 2;

/** A tap of a request that begins now. */
export function createHttpTap(
  observation: Observation,
  asks: 'answer' | 'compaction',
  requestEncoding: string,
): HttpTap {
  const { keep } = observation;
  const startMs = performance.now();
  const request = createBody(requestEncoding);
  const reader = createAnswerReader(keep);
  let body: ReturnType<typeof createBody> | undefined;
  let firstTokenMs: number | undefined;
  /** When the terminal event came: many clients hang up then, and go on. */
  let endMs: number | undefined;
  let isOver = false;
  /** When what is being looked at arrived. */
  let nowMs = startMs;
  let status = 0;
  const leave = observation.enter();
  const keepRaw = observation.raw?.begin('http');

  const parser = createParser({
    onEvent({ event = '', data }) {
      // Deltas are many, and only the first matters; those of chat completions have no name.
      if (event.endsWith('.delta') || (event === '' && /^\{"type":"[\w.]+\.delta"/.test(data))) {
        firstTokenMs ??= nowMs;
        return;
      }
      reader.take(parsed(data));
      if (reader.speaks()) firstTokenMs ??= nowMs;
      if (reader.answer() !== undefined) endMs ??= nowMs;
    },
  });

  let stream: ReturnType<typeof createDecoder> | undefined;
  return {
    sent(chunk) {
      later(() => {
        keepRaw?.('agent', chunk);
        request.take(chunk);
      });
    },
    answers(code, contentType, encoding) {
      status = code;
      if (contentType.startsWith('text/event-stream')) {
        stream = createDecoder(encoding, (text) => {
          parser.feed(text);
        });
      } else body = createBody(encoding);
    },
    received(chunk) {
      const atMs = performance.now();
      later(() => {
        nowMs = atMs;
        keepRaw?.('endpoint', chunk);
        stream?.take(chunk);
        body?.take(chunk);
      });
    },
    ended() {
      if (isOver) return;
      isOver = true;
      const overMs = performance.now();
      later(() => {
        void (async () => {
          await stream?.ended();
          const whole = body && parsed(await body.text());
          if (whole !== undefined) reader.take(whole);
          const sent = parsed(await request.text());
          if (asks === 'compaction') {
            const { output } = recordOf(whole);
            if (status < 300 && sent !== undefined && Array.isArray(output)) {
              observation.compacted(requestFacts(sent, keep), itemsOf(output, keep));
            }
            return;
          }
          const answer = status < 300 && sent !== undefined ? reader.answer() : undefined;
          observation.exchanged(
            'http',
            request.bytes(),
            answer && {
              request: requestFacts(sent, keep),
              answer,
              startMs,
              endMs: endMs ?? overMs,
              ...(firstTokenMs !== undefined && { firstTokenMs }),
            },
          );
        })().finally(leave);
      });
    },
  };
}

function createBody(encoding: string) {
  const texts: string[] = [];
  let bytes = 0;
  const decoder = createDecoder(encoding, (text) => texts.push(text));
  return {
    take(chunk: Buffer) {
      bytes += chunk.byteLength;
      if (bytes <= MAX_BODY_BYTES) decoder.take(chunk);
    },
    bytes: () => bytes,
    async text() {
      await decoder.ended();
      return bytes <= MAX_BODY_BYTES ? texts.join('') : '';
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
