import { nowUs } from '../../measure/clock.ts';
import { startMarks } from '../../measure/marks.ts';
import { defaultSessionLimits } from '../session-limits.ts';
import { dialTargetOf, requestPath } from '../target.ts';
import type { Endpoint } from '../transport.ts';
import { decodeAnswer } from './decode.ts';
import { openLine } from './http1-line.ts';
import type { ResponseReader } from './reader.ts';

/** The answer to one question, whatever it may be. */
export interface ProbeAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As much as tells what it is. */
  body: string;
}

const ENOUGH_BYTES = 64 * 1024;
/** How long an answer that has begun may take to show what it is: an event stream may stay open for ever. */
const REST_MS = 1000;

/**
 * The answer of an endpoint to `POST {base}/responses` with this body, or to a path below that, over a connection of its own that is not measured.
 * @throws EndpointFailure if there is none, or the signal's reason if it aborts
 */
export async function probe(
  endpoint: Endpoint,
  body: object,
  signal: AbortSignal,
  below = '',
): Promise<ProbeAnswer> {
  const { origin } = endpoint.baseUrl;
  const line = openLine({ origin, dial: dialTargetOf(endpoint), ...defaultSessionLimits }, []);
  const headers = {
    ...endpoint.headers,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const request = { path: requestPath(endpoint, below), headers, body: JSON.stringify(body) };
  let timer: NodeJS.Timeout | undefined;
  let cancel: (() => void) | undefined;
  try {
    return await new Promise<ProbeAnswer>((resolve, reject) => {
      const answer: ProbeAnswer = { status: 0, headers: {}, body: '' };
      const enough = (): void => {
        resolve(answer);
      };
      const reader: ResponseReader = {
        start(status, received) {
          Object.assign(answer, { status, headers: received });
          timer = setTimeout(enough, REST_MS);
        },
        data(chunk) {
          answer.body += chunk.toString();
          if (answer.body.length > ENOUGH_BYTES) enough();
        },
        end: enough,
        fail: reject,
      };
      const readable = decodeAnswer(reader, () => undefined);
      cancel = line.post(request, startMarks(nowUs()), signal, readable);
    });
  } finally {
    clearTimeout(timer);
    cancel?.();
    await line.close();
  }
}
