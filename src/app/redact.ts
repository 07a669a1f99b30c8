import type { Endpoint } from '../transport/transport.ts';

const MAX_LENGTH = 200;

/** Text of an endpoint made fit for the terminal: one short line, without the values of the headers we sent. */
export function redact(text: string, { headers }: Pick<Endpoint, 'headers'>): string {
  const secrets = Object.values(headers)
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((secret) => secret.length >= 6);
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  // Services echo keys in part: sk-abc…wxyz.
  clean = clean.replaceAll(/\b(?:sk|xai|key)-[\w*.…-]{4,}/g, '***');
  // Neither line breaks nor terminal control sequences of a stranger.
  clean = clean.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}
