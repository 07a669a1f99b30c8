import { createParser } from 'eventsource-parser';
import { nowUs } from '../../measure/clock.ts';
import { parseStreamEvent } from '../../protocol/reading.ts';
import type { EndpointFailure } from '../failure.ts';
import { type Answer, addParseTime, receiveEvent } from '../receive.ts';
import type { BodyReader } from './reader.ts';

/** What is looked at of an answer that goes on after its end. */
const MAX_LATE_BYTES = 1024 * 1024;

/**
 * A reader of server-sent events, whose lines may end in any of the ways that the standard knows. `unfinished` is asked
 * for the reason where the stream ends before the answer.
 */
export function streamReader(answer: Answer, unfinished: () => EndpointFailure): BodyReader {
  const { marks, queue } = answer;
  const decoder = new TextDecoder();
  let arrivedUs = NaN;
  let ended = false;
  let closing = false;
  let afterCr = false;
  let lateBytes = 0;
  const parser = createParser({
    onEvent({ data, event: name }) {
      // By the open specification the end mark follows the terminal event; it says nothing more.
      if (data === '[DONE]') return;
      if (ended) marks.strayEvents++;
      else if (!closing || isWhole(data)) ended = receiveEvent(data, arrivedUs, answer, name);
    },
  });

  /** The parser waits for what comes after a CR, which may take long: it ends its line, and an LF belongs to it. */
  function feed(text: string): void {
    if (text === '') return;
    const rest = afterCr && text.startsWith('\n') ? text.slice(1) : text;
    afterCr = text.endsWith('\r');
    parser.feed(afterCr ? `${rest}\n` : rest);
  }

  return {
    data(chunk) {
      if (ended) lateBytes += chunk.byteLength;
      if (lateBytes > MAX_LATE_BYTES) return;
      arrivedUs = nowUs();
      feed(decoder.decode(chunk, { stream: true }));
      addParseTime(marks, arrivedUs);
    },
    end() {
      if (ended) return;
      // The last event counts without its blank line, as clients have it, unless it is cut off.
      arrivedUs = nowUs();
      closing = true;
      feed(`${decoder.decode()}\n\n`);
      // Changes nothing where that was the end.
      queue.end(unfinished());
    },
  };
}

function isWhole(data: string): boolean {
  try {
    parseStreamEvent(data);
    return true;
  } catch {
    return false;
  }
}
