import { createParser } from 'eventsource-parser';
import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, markFirstByte } from '../../measure/marks.ts';
import { wireErrorOf } from '../../protocol/reading.ts';
import { accountInHeader } from '../../protocol/server-timing.ts';
import type { EventQueue } from '../event-queue.ts';
import { apiFailure, EndpointFailure } from '../failure.ts';
import { type Answer, addParseTime, receiveEvent } from '../receive.ts';
import { retryHintOf } from '../retry-hint.ts';

/** Enough of an error body to find its error object. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** What is looked at of an answer that goes on after its end. */
const MAX_LATE_BYTES = 1024 * 1024;

type Headers = Record<string, string | string[] | undefined>;

/** A reader of one HTTP response: the events of a stream into the queue, anything else as a failure. */
export interface ResponseReader extends BodyReader {
  start(status: number, headers: Headers): void;
  /** The answer won't come to its end. What is called after this or `end` changes nothing. */
  fail(error: Error): void;
}

interface BodyReader {
  data(chunk: Buffer): void;
  end(): void;
}

/** A reader for the response of one exchange; `deliveredUs` is asked when its first byte is there. */
export function responseReader(
  marks: ExchangeMarks,
  queue: EventQueue,
  deliveredUs: () => number,
): ResponseReader {
  let body: BodyReader | undefined;
  return {
    start(status, headers) {
      markFirstByte(marks, nowUs(), deliveredUs());
      marks.server = accountInHeader(String(headers['server-timing'] ?? ''));
      body =
        status === 200 && contentTypeOf(headers).startsWith('text/event-stream')
          ? streamReader({ marks, queue })
          : errorReader(status, headers, 'text/event-stream', (failure) => {
              queue.end(failure);
            });
    },
    data(chunk) {
      body?.data(chunk);
    },
    end() {
      body?.end();
    },
    fail(error) {
      queue.end(error);
    },
  };
}

function streamReader(answer: Answer): BodyReader {
  const { marks, queue } = answer;
  const decoder = new TextDecoder();
  let arrivedUs = NaN;
  let ended = false;
  let lateBytes = 0;
  const parser = createParser({
    onEvent({ data }) {
      // By the open specification the end mark follows the terminal event; it says nothing more.
      if (data === '[DONE]') return;
      if (ended) marks.strayEvents++;
      else ended = receiveEvent(data, arrivedUs, answer);
    },
  });
  return {
    data(chunk) {
      if (ended) lateBytes += chunk.byteLength;
      if (lateBytes > MAX_LATE_BYTES) return;
      arrivedUs = nowUs();
      parser.feed(decoder.decode(chunk, { stream: true }));
      addParseTime(marks, arrivedUs);
    },
    end() {
      if (ended) return;
      queue.end(new EndpointFailure('closed', 'the stream ended before its terminal event'));
    },
  };
}

/** A reader of an answer other than the one that was `expected`, up to a limit, and tells what it means. */
export function errorReader(
  status: number,
  headers: Headers,
  expected: string,
  tell: (failure: EndpointFailure) => void,
): BodyReader {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    data(chunk) {
      bytes += chunk.byteLength;
      if (bytes <= MAX_ERROR_BODY_BYTES) chunks.push(chunk);
    },
    end() {
      tell(errorOf(status, headers, expected, Buffer.concat(chunks).toString()));
    },
  };
}

function errorOf(
  status: number,
  headers: Headers,
  expected: string,
  body: string,
): EndpointFailure {
  const error = errorObject(body);
  if (status >= 400 && error !== undefined) {
    return apiFailure('http_status', status, wireErrorOf(error), headers);
  }
  if (status >= 400) {
    const message = `HTTP status ${status}`;
    return new EndpointFailure('http_status', message, { status, ...retryHintOf(headers) });
  }
  return new EndpointFailure(
    'not_responses',
    `expected 200 and ${expected}, got ${status} and ${contentTypeOf(headers)}`,
    { status },
  );
}

function contentTypeOf(headers: Headers): string {
  return String(headers['content-type'] ?? 'none').toLowerCase();
}

function errorObject(body: string): unknown {
  try {
    return (JSON.parse(body) as { error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}
