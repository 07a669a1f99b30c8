import { createParser } from 'eventsource-parser';
import { isRecord } from '../../is-record.ts';
import { nowUs } from '../../measure/clock.ts';
import { startMarks } from '../../measure/marks.ts';
import { stringOf } from '../../protocol/foreign.ts';
import { decodeAnswer } from '../../transport/http/decode.ts';
import { openLine } from '../../transport/http/http1-line.ts';
import type { Headers, ResponseReader } from '../../transport/http/reader.ts';
import { defaultSessionLimits } from '../../transport/session-limits.ts';
import { dialTargetOf, requestPath } from '../../transport/target.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { billedTokens, responseIn } from './response-facts.ts';

/** All of one HTTP answer, with when its parts came. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** The JSON of its body, where that is an object. */
  json: Record<string, unknown> | undefined;
  /** Of a stream: what its events say, the name that each goes by, and whether `[DONE]` came last. */
  events: Record<string, unknown>[];
  names: string[];
  done: boolean;
  /** Events that hold no JSON, empty ones aside. */
  unreadable: number;
  /** The response: the body, or the one in the terminal event. */
  response: Record<string, unknown>;
  /** In ms after the request was sent. */
  headersMs: number;
  chunkMs: number[];
  tokens: number;
}

/**
 * The answer to one POST over a connection of its own.
 * @throws EndpointFailure if there is none, or the signal's reason
 */
export async function postOnce(
  endpoint: Endpoint,
  body: object,
  signal: AbortSignal,
  below = '',
): Promise<HttpAnswer> {
  const { origin } = endpoint.baseUrl;
  const line = openLine({ origin, dial: dialTargetOf(endpoint), ...defaultSessionLimits }, []);
  const marks = startMarks(nowUs());
  const sinceMs = (): number => (nowUs() - marks.writeStartUs) / 1000;
  const texts: string[] = [];
  const chunkMs: number[] = [];
  let status = 0;
  let headers: Headers = {};
  let headersMs = 0;
  const request = {
    path: requestPath(endpoint, below),
    headers: {
      ...endpoint.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-server-timing': 'true',
    },
    body: JSON.stringify(body),
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const reader: ResponseReader = {
        start(code, received) {
          [status, headers, headersMs] = [code, received, sinceMs()];
        },
        data(chunk) {
          texts.push(chunk.toString());
          chunkMs.push(sinceMs());
        },
        end: resolve,
        fail: reject,
      };
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      line.post(
        request,
        marks,
        signal,
        decodeAnswer(reader, () => undefined),
      );
    });
  } finally {
    await line.close();
  }
  const text = texts.join('');
  const json = parsed(text);
  const stream =
    json === undefined ? eventsIn(text) : { events: [], names: [], done: false, unreadable: 0 };
  const response = json ?? responseIn(stream.events);
  return {
    ...{ status, headers, json, headersMs, chunkMs, response },
    ...stream,
    tokens: billedTokens(response),
  };
}

function eventsIn(text: string): Pick<HttpAnswer, 'events' | 'names' | 'done' | 'unreadable'> {
  const events: Record<string, unknown>[] = [];
  const names: string[] = [];
  let done = false;
  let unreadable = 0;
  const parser = createParser({
    onEvent({ event, data }) {
      const value = parsed(data);
      done = data === '[DONE]';
      if (value === undefined) {
        if (!done && data.trim() !== '') unreadable += 1;
        return;
      }
      events.push(value);
      names.push(stringOf(event));
    },
  });
  parser.feed(text);
  return { events, names, done, unreadable };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
