import type { Failure, WorkflowRecord } from '../../result/record.ts';
import type { Endpoint } from '../../transport/transport.ts';
import type { Unquote } from './quotes.ts';

const MAX_LENGTH = 200;
/** Of a longer text no more is looked at. */
const MAX_READ = 4000;

/** What an endpoint was told of us. */
export interface Told extends Pick<Endpoint, 'baseUrl' | 'headers' | 'webSocketProtocols'> {
  /** Takes out what is quoted of the prompts. */
  unquote?: Unquote;
}

/**
 * Text of an endpoint made fit for the terminal: one short line, without the values of headers, query and subprotocols that we
 * sent, and without what it quotes of the prompts.
 */
export function redact(text: string, told: Told): string {
  const { baseUrl, headers, webSocketProtocols = [], unquote } = told;
  const secrets = [
    ...Object.values(headers),
    ...baseUrl.searchParams.values(),
    ...webSocketProtocols,
  ]
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [secret, base64(secret, 'base64'), base64(secret, 'base64url')]);
  let clean = text.slice(0, MAX_READ);
  clean = unquote?.(clean) ?? clean;
  for (const secret of secrets) clean = clean.replaceAll(secret, '***');
  // Services echo keys in part: sk-abc…wxyz.
  clean = clean.replaceAll(/\b(?:sk|xai|key)-[\w*.…-]{4,}/g, '***');
  // Neither line breaks nor terminal control sequences of a stranger.
  clean = clean.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean;
}

/** Without what fills it up: it may stand within a longer text. */
function base64(text: string, alphabet: 'base64' | 'base64url'): string {
  return Buffer.from(text).toString(alphabet).replace(/=+$/, '');
}

/** A record whose failures hold nothing that was sent to it. */
export function redactRecord(record: WorkflowRecord, endpoint: Told): WorkflowRecord {
  const { steps, recoveries } = record;
  return {
    ...record,
    steps: steps.map((step) =>
      step.failure === undefined
        ? step
        : { ...step, failure: redactFailure(step.failure, endpoint) },
    ),
    ...(recoveries && {
      recoveries: recoveries.map((recovery) => ({
        ...recovery,
        cause: redactFailure(recovery.cause, endpoint),
      })),
    }),
  };
}

function redactFailure(failure: Failure, endpoint: Told): Failure {
  const { code, message } = failure;
  return {
    ...failure,
    ...(code !== undefined && { code: redact(code, endpoint) }),
    ...(message !== undefined && { message: redact(message, endpoint) }),
  };
}
