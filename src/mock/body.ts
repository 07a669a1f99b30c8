import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from './limits.ts';
import { type Refusal, refuse } from './refusal.ts';

/**
 * The JSON value of a request's body; undefined if it has none. Reads to the end even when there is too much, so that
 * the client can read why; a client that never stops is cut off.
 */
export function readJson(
  request: IncomingMessage,
  done: (value: { json: unknown } | Refusal) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 4 * MAX_BODY_BYTES) request.destroy();
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) {
      done(refuse(413, `Expected a body of at most ${MAX_BODY_BYTES} bytes.`));
    } else {
      done(bytes === 0 ? { json: undefined } : parse(Buffer.concat(chunks, bytes)));
    }
  });
}

function parse(bytes: Buffer): { json: unknown } | Refusal {
  try {
    return { json: JSON.parse(bytes.toString()) };
  } catch {
    return refuse(400, 'The body of the request is not valid JSON.', { code: 'invalid_json' });
  }
}
