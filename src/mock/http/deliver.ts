import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { type Channel, deliver } from '../deliver/deliver.ts';
import type { Pacer } from '../deliver/pacer.ts';

/**
 * The writing of the parts of an HTTP response as they fall due, until its client is gone.
 *
 * @param dueMs absolute deadlines on the pacer's clock
 * @param write writes the part of that index
 * @param done called once, right after the last part; at once where there is none
 * @returns what ends it early
 */
export function deliverOverHttp(
  pacer: Pacer,
  response: ServerResponse,
  dueMs: readonly number[],
  write: (index: number) => void,
  done: () => void,
): () => void {
  if (dueMs.length === 0) {
    done();
    return () => undefined;
  }
  const playback = deliver(pacer, channelOf(response), dueMs, write, done);
  const stop = (): void => {
    playback.stop();
  };
  response.on('close', stop);
  return stop;
}

/** What holds the bytes that wait for the client: the connection, or over HTTP/2 the request's own stream. */
function channelOf(response: ServerResponse): Channel {
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  // A client may be gone by now: the response then takes what is written, and drops it.
  return stream ?? response.socket ?? response;
}
