import { MAX_ANSWER_BYTES, tooLong } from '../answer-limit.ts';
import type { ResponseReader } from './reader.ts';

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
