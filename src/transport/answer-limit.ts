import { EndpointFailure } from './failure.ts';
import type { ResponseReader } from './http-response.ts';

/** The most that one answer may hold, whatever carries it: far more than a model says, and as much as clients accept. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An answer that goes on beyond the limit. */
export function tooLong(): EndpointFailure {
  const message = `the answer is longer than ${MAX_ANSWER_BYTES} bytes`;
  return new EndpointFailure('protocol', message, { code: 'too_long' });
}

/** A reader that takes no more than one answer may hold; beyond that `stop` is called, once. */
export function limitAnswer(
  reader: ResponseReader,
  stop: (failure: Error) => void,
): ResponseReader {
  let bytes = 0;
  return {
    ...reader,
    data(chunk) {
      const fitted = bytes <= MAX_ANSWER_BYTES;
      bytes += chunk.byteLength;
      if (bytes <= MAX_ANSWER_BYTES) {
        reader.data(chunk);
      } else if (fitted) {
        const failure = tooLong();
        reader.fail(failure);
        stop(failure);
      }
    },
  };
}
