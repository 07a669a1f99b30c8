import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, markFirstByte, markLastByte, overlook } from '../../measure/marks.ts';
import { accountInHeader } from '../../protocol/server-timing.ts';
import type { EventQueue } from '../event-queue.ts';
import { EndpointFailure } from '../failure.ts';
import { errorOf, errorReader } from './error-reader.ts';
import type { LinkTimes } from './line.ts';
import {
  type BodyReader,
  contentTypeOf,
  type Headers,
  isSuccess,
  type ResponseReader,
} from './reader.ts';
import { streamReader } from './stream-reader.ts';

const EXPECTED = 'an event stream';

/**
 * A reader for the response of one exchange: the events of a stream into the queue, anything else as a failure. What it
 * is shows in its first byte, whatever the headers say of it. The link is asked when that is there, and at the answer's end.
 */
export function responseReader(
  marks: ExchangeMarks,
  queue: EventQueue,
  link: LinkTimes,
): ResponseReader {
  let status = 0;
  let headers: Headers = {};
  let body: BodyReader | undefined;

  const isDeclared = (): boolean => contentTypeOf(headers).startsWith('text/event-stream');

  function unfinished(): EndpointFailure {
    const isStream = !Number.isNaN(marks.firstEventUs) || (isDeclared() && status !== NO_CONTENT);
    return isStream
      ? new EndpointFailure('closed', 'the stream ended before its terminal event')
      : errorOf(status, headers, EXPECTED, '');
  }

  function readerFor(firstByte: number | undefined): BodyReader {
    if (!isSuccess(status) || DOCUMENT_BEGINS.has(firstByte)) {
      return errorReader(status, headers, EXPECTED, (failure) => {
        queue.end(failure);
      });
    }
    if (!isDeclared()) overlook(marks, 'content_type');
    return streamReader({ marks, queue }, unfinished);
  }

  return {
    start(...answered) {
      [status, headers] = answered;
      markFirstByte(marks, nowUs(), link.deliveredUs());
      marks.server = accountInHeader(String(headers['server-timing'] ?? ''));
    },
    data(chunk) {
      const rest = body === undefined ? withoutBlanks(chunk) : chunk;
      if (rest.byteLength === 0) return;
      body ??= readerFor(rest[0]);
      body.data(rest);
      markLastByte(marks, link.heldUpUs);
    },
    end() {
      if (body !== undefined) body.end();
      else queue.end(isSuccess(status) ? unfinished() : errorOf(status, headers, EXPECTED, ''));
    },
    fail(error) {
      queue.end(error);
    },
  };
}

const NO_CONTENT = 204;
/** JSON or a page. */
const DOCUMENT_BEGINS = new Set<number | undefined>(Buffer.from('{[<'));
/** Spaces, line ends and the bytes of a byte order mark, none of which any answer begins with. */
const BLANKS = new Set<number>(Buffer.from(' \t\r\n\uFEFF'));

function withoutBlanks(chunk: Buffer): Buffer {
  const start = chunk.findIndex((byte) => !BLANKS.has(byte));
  return start === -1 ? chunk.subarray(chunk.length) : chunk.subarray(start);
}
