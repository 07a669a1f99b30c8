import { nowUs } from '../measure/clock.ts';
import { type ExchangeMarks, markEvent } from '../measure/marks.ts';
import { deltaKindOf, parseStreamEvent, terminalOf } from '../protocol/reading.ts';
import { accountInEvent, TIMING_EVENT } from '../protocol/server-timing.ts';
import type { EventQueue } from './event-queue.ts';
import { apiFailure, EndpointFailure } from './failure.ts';

/**
 * Takes the JSON of one event that arrived at `atUs`: parses, marks and queues it.
 * @returns whether it ended the response.
 */
export function receiveEvent(
  json: string,
  atUs: number,
  marks: ExchangeMarks,
  queue: EventQueue,
): boolean {
  let event;
  try {
    event = parseStreamEvent(json);
  } catch (cause) {
    queue.end(new EndpointFailure('protocol', 'an event is not JSON with a type', { cause }));
    return true;
  }
  if (event.type === TIMING_EVENT) {
    // Before any other event it can only be about the response before.
    if (!Number.isNaN(marks.firstEventUs)) marks.server = accountInEvent(event);
    return false;
  }
  markEvent(marks, atUs, deltaKindOf(event.type));
  const terminal = terminalOf(event);
  if (terminal === undefined) {
    queue.push(event);
    return false;
  }
  marks.terminalUs = atUs;
  switch (terminal.state) {
    case 'completed':
      queue.push(event);
      queue.end();
      break;
    case 'incomplete':
      queue.end(
        new EndpointFailure('incomplete', `the response is incomplete: ${terminal.reason}`, {
          code: terminal.reason,
        }),
      );
      break;
    case 'failed':
      queue.end(apiFailure('api_error', terminal.status, terminal.error));
      break;
  }
  return true;
}

/** Adds the time since `sinceUs` to our own parsing, unless the answer has ended: what we do then is between the steps. */
export function addParseTime(marks: ExchangeMarks, sinceUs: number): void {
  if (Number.isNaN(marks.terminalUs)) marks.parseUs += nowUs() - sinceUs;
}
