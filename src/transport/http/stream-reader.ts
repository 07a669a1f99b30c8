import { createParser } from 'eventsource-parser';
import { nowUs } from '../../measure/clock.ts';
import { overlook } from '../../measure/marks.ts';
import type { StreamEvent } from '../../protocol/events.ts';
import { isOfAnswer, parseStreamEvent } from '../../protocol/reading.ts';
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
      if (ended) takeLate(data);
      else if (!closing || eventIn(data) !== 'garbled')
        ended = receiveEvent(data, arrivedUs, answer, name);
    },
  });

  /** What is about an answer after its end is about another; heartbeats may come whenever they like. */
  function takeLate(data: string): void {
    const event = eventIn(data);
    if (event === undefined) overlook(marks, 'no_event');
    else if (event === 'garbled' || isOfAnswer(event)) marks.strayEvents++;
  }

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

function eventIn(data: string): StreamEvent | 'garbled' | undefined {
  try {
    return parseStreamEvent(data);
  } catch {
    return 'garbled';
  }
}
