import { createHash, timingSafeEqual } from 'node:crypto';
import { type Refusal, refuse } from './refusal.ts';

/** A check of the `Authorization` header of a request; undefined means that it may pass. */
export type KeyCheck = (authorization: string | undefined) => Refusal | undefined;

/**
 * A check that demands `Bearer <apiKey>`, or nothing if there is no key. How long the comparison takes tells nothing
 * about the key.
 */
export function createKeyCheck(apiKey: string | undefined): KeyCheck {
  if (apiKey === undefined) return () => undefined;
  const expected = digest(`Bearer ${apiKey}`);
  return (authorization) => {
    if (timingSafeEqual(digest(authorization ?? ''), expected)) return undefined;
    const message =
      authorization === undefined
        ? 'Missing API key: expected an Authorization header with a Bearer token.'
        : 'Incorrect API key provided.';
    return refuse(401, message, { code: 'invalid_api_key' });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
