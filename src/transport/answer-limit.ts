import { EndpointFailure } from './failure.ts';

/** The most that one answer may hold, whatever carries it: far more than a model says, and as much as clients accept. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An answer that goes on beyond the limit. */
export function tooLong(): EndpointFailure {
  const message = `the answer is longer than ${MAX_ANSWER_BYTES} bytes`;
  return new EndpointFailure('protocol', message, { code: 'too_long' });
}
