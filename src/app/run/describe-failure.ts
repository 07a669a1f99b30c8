import type { SessionFailure } from '../../runner/session.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { redact } from './redact.ts';

/** The failure of a session in words for the terminal: what, with which status and code, and what the endpoint said. */
export function describeFailure(
  { kind, status, code, message }: SessionFailure,
  endpoint: Endpoint,
): string {
  const isStatus = code === undefined || code === String(status);
  const said = isStatus ? undefined : redact(code, endpoint);
  const facts = [status === undefined ? undefined : `status ${status}`, said].filter(Boolean);
  const aside = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  const hint = code === 'model_not_found' ? '; --model names the model to ask for' : '';
  return `${kind.replaceAll('_', ' ')}${aside}: ${redact(message, endpoint)}${hint}`;
}
