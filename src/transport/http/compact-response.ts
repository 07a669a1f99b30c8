import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, markEvent, markFirstByte } from '../../measure/marks.ts';
import type { WireItem } from '../../protocol/items.ts';
import { compactedOf } from '../../protocol/reading.ts';
import { addParseTime } from '../receive.ts';
import { errorOf, errorReader } from './error-reader.ts';
import { type BodyReader, type Headers, isSuccess, type ResponseReader } from './reader.ts';

const EXPECTED = 'a compacted conversation';

/** A reader for the answer of a compaction: one JSON document, all of it. */
export function compactReader(
  marks: ExchangeMarks,
  deliveredUs: () => number,
  resolve: (items: WireItem[]) => void,
  reject: (error: Error) => void,
): ResponseReader {
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: Headers = {};
  let refusal: BodyReader | undefined;

  function answered(): void {
    const arrivedUs = nowUs();
    markEvent(marks, arrivedUs, undefined);
    marks.terminalUs = arrivedUs;
    const body = Buffer.concat(chunks);
    const items = compactedOf(body);
    addParseTime(marks, arrivedUs);
    if (items !== undefined) resolve(items);
    else reject(errorOf(status, headers, EXPECTED, body.toString()));
  }

  return {
    start(...answered) {
      [status, headers] = answered;
      markFirstByte(marks, nowUs(), deliveredUs());
      if (!isSuccess(status)) refusal = errorReader(status, headers, EXPECTED, reject);
    },
    data(chunk) {
      if (refusal) refusal.data(chunk);
      else chunks.push(chunk);
    },
    end() {
      if (refusal) refusal.end();
      else answered();
    },
    fail: reject,
  };
}
