import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from '../wire/limits.ts';
import { type Refusal, refuse } from '../wire/refusal.ts';

/**
 * The JSON value of a request's body; undefined if it has none. One that is too long is refused as soon as that shows;
 * what still comes of it is dropped, so that a client which reads only when it has sent all learns why.
 */
export function readJson(
  request: IncomingMessage,
  done: (value: { json: unknown } | Refusal) => void,
): void {
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
    done(tooLong());
    request.resume();
    return;
  }
  // One buffer that grows: a list of chunks would cost far more than its bytes if a client sends them one by one.
  let body = Buffer.alloc(0);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    const from = bytes;
    bytes += chunk.length;
    if (from > MAX_BODY_BYTES) return;
    if (bytes > MAX_BODY_BYTES) {
      body = Buffer.alloc(0);
      done(tooLong());
      return;
    }
    if (bytes > body.length) body = grown(body, from, bytes);
    chunk.copy(body, from);
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) return;
    done(bytes === 0 ? { json: undefined } : parse(body.subarray(0, bytes)));
  });
}

function tooLong(): Refusal {
  return refuse(413, `Expected a body of at most ${MAX_BODY_BYTES} bytes.`);
}

function grown(body: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * body.length, MAX_BODY_BYTES)));
  body.copy(larger, 0, 0, used);
  return larger;
}

function parse(bytes: Buffer): { json: unknown } | Refusal {
  try {
    return { json: JSON.parse(bytes.toString()) };
  } catch {
    return refuse(400, 'The body of the request is not valid JSON.', { code: 'invalid_json' });
  }
}
