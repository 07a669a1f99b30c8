import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, markEvent, markFirstByte } from '../../measure/marks.ts';
import type { WireItem } from '../../protocol/items.ts';
import { compactedOf } from '../../protocol/reading.ts';
import { EndpointFailure } from '../failure.ts';
import { addParseTime } from '../receive.ts';
import { errorReader, type ResponseReader } from './response.ts';

/** A reader for the answer of a compaction: one JSON document, all of it. */
export function compactReader(
  marks: ExchangeMarks,
  deliveredUs: () => number,
  resolve: (items: WireItem[]) => void,
  reject: (error: Error) => void,
): ResponseReader {
  const chunks: Buffer[] = [];
  let refusal: ReturnType<typeof errorReader> | undefined;

  function answered(): void {
    const arrivedUs = nowUs();
    markEvent(marks, arrivedUs, undefined);
    marks.terminalUs = arrivedUs;
    const items = compactedOf(Buffer.concat(chunks));
    addParseTime(marks, arrivedUs);
    if (items !== undefined) resolve(items);
    else reject(new EndpointFailure('protocol', 'the answer is no compacted conversation'));
  }

  return {
    start(status, headers) {
      markFirstByte(marks, nowUs(), deliveredUs());
      if (status !== 200) refusal = errorReader(status, headers, 'application/json', reject);
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
