import type { RequestListener } from 'node:http';
import { MAX_BODY_BYTES } from './limits.ts';

/** Handles `Expect: 100-continue`: a body that would be refused for its length isn't asked for. */
export function continueUnlessTooLong(onRequest: RequestListener): RequestListener {
  return (request, response) => {
    const isTooLong = Number(request.headers['content-length']) > MAX_BODY_BYTES;
    if (!isTooLong) response.writeContinue();
    onRequest(request, response);
  };
}
