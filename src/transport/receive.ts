import { recordOf } from '../is-record.ts';
import { nowUs } from '../measure/clock.ts';
import { type ExchangeMarks, markEvent, overlook } from '../measure/marks.ts';
import type { StreamEvent } from '../protocol/events.ts';
import {
  deltaKindOf,
  isOfAnswer,
  parseStreamEvent,
  responseIdOf,
  terminalOf,
} from '../protocol/reading.ts';
import { accountInEvent, TIMING_EVENT } from '../protocol/server-timing.ts';
import type { EventQueue } from './event-queue.ts';
import { apiFailure, EndpointFailure } from './failure.ts';

/** An answer under way, and whose it is. */
export interface Answer {
  readonly marks: ExchangeMarks;
  readonly queue: EventQueue;
  /** Of the response, once an event has named it. */
  responseId?: string | undefined;
  /** Of the response before it on the same connection: its late events are not this answer's. */
  readonly previousId?: string | undefined;
  /** The response that the request goes on from, which most servers repeat in the answer. */
  readonly continues?: string | undefined;
  /** The same of the request before: gateways with ids of their own repeat neither, so no other id tells a stray. */
  readonly previousContinues?: string | undefined;
  /** Whether nothing in it says that it is the answer to its request, and to no other. */
  unpaired?: boolean;
  /** Whether another answer has begun in this one's place: until this one begins, what names nobody is that one's. */
  interrupted?: boolean;
}

/**
 * Takes the text of one event that arrived at `atUs`: parses, marks and queues it. Events that name another response,
 * and what is no event, are counted and dropped.
 *
 * @param name what SSE calls the event
 * @returns whether it ended the response.
 */
export function receiveEvent(text: string, atUs: number, answer: Answer, name?: string): boolean {
  const { marks, queue } = answer;
  let event;
  try {
    event = parseStreamEvent(text, name);
  } catch (cause) {
    queue.end(new EndpointFailure('protocol', 'an event is garbled', { cause }));
    return true;
  }
  if (event === undefined) {
    overlook(marks, 'no_event');
    return false;
  }
  const delta = deltaKindOf(event.type);
  if (delta !== undefined && event['response_id'] === undefined) {
    // Nearly all there is, so nothing is asked of it that only others can answer.
    if (isStray(event, undefined, answer)) {
      marks.strayEvents++;
      return false;
    }
    markEvent(marks, atUs, delta);
    queue.push(event);
    return false;
  }
  const id = responseIdOf(event);
  if (event.type === TIMING_EVENT) {
    // Before any other event it can only be about the response before.
    const isOurs = id === undefined || id === answer.responseId;
    if (isOurs && !Number.isNaN(marks.firstEventUs)) marks.server = accountInEvent(event);
    return false;
  }
  if (!isOfAnswer(event)) {
    queue.push(event);
    return false;
  }
  if (isStray(event, id, answer)) {
    if (event.type === 'response.created') answer.interrupted = true;
    marks.strayEvents++;
    return false;
  }
  if (answer.responseId === undefined && id !== undefined) {
    answer.responseId = id;
    const { previous_response_id: said } = recordOf(event['response']);
    answer.unpaired = answer.continues === undefined || said !== answer.continues;
  }
  markEvent(marks, atUs, delta);
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

/**
 * Whether an event is another answer's: it names another response, or begins one that goes on from where the one before ours did. An
 * answer may name itself as the one before only as it begins.
 */
function isStray(event: StreamEvent, id: string | undefined, answer: Answer): boolean {
  if (answer.responseId !== undefined) return id !== undefined && id !== answer.responseId;
  if (event.type === 'response.created') return continuesAnother(event, answer);
  return answer.interrupted === true || (id !== undefined && id === answer.previousId);
}

function continuesAnother(event: StreamEvent, { continues, previousContinues }: Answer): boolean {
  const { previous_response_id: said } = recordOf(event['response']);
  return typeof said === 'string' && said === previousContinues && said !== continues;
}

/**
 * Adds the time since `sinceUs` to our own parsing of an answer: before it has begun we are waiting, and what we do after
 * its end is between the steps.
 */
export function addParseTime(marks: ExchangeMarks, sinceUs: number): void {
  if (Number.isNaN(marks.firstEventUs) || !Number.isNaN(marks.terminalUs)) return;
  marks.parseUs += nowUs() - sinceUs;
}
