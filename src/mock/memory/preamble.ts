import { createHash } from 'node:crypto';
import type { CreateBody } from '../wire/create-body.ts';

/** The part before the conversation in every prompt, as fingerprints: a client sends it again with each request. */
export interface Preamble {
  readonly model: string;
  readonly instructions: string;
  readonly tools: string;
}

/** Fingerprints of what comes before the conversation. */
export function preambleOf(body: CreateBody, toolsJson: string): Preamble {
  return {
    model: body.model,
    instructions: fingerprint(body.instructions ?? ''),
    tools: fingerprint(toolsJson),
  };
}

/** Not for secrecy: two texts are the same where these are. */
function fingerprint(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}
