import { isRecord, recordOf } from '../is-record.ts';
import type { WireError } from './errors.ts';
import { codeOf } from './foreign.ts';

/**
 * The error in the JSON of an answer, in any of the shapes that servers give it; undefined where there is none.
 *
 * | shape | who |
 * |---|---|
 * | `{"error": {"message", "type", "code"}}` | OpenAI and most |
 * | `{"error": "text"}` | Ollama, llama.cpp |
 * | `{"errors": [{"message", "code"}]}` | Cloudflare |
 * | `{"detail": "text"}`, `{"detail": [{"loc", "msg"}]}` | FastAPI |
 * | `{"object": "error", "message", "code"}` | vLLM before 0.10 |
 * | `[{"error": {…}}]` | Google's compatible endpoint |
 * | `{"message", "code"}` beside a status of 400 or more | gateways |
 *
 * @param failed whether the status says so already; then a `message` alone will do
 */
export function errorIn(value: unknown, failed: boolean): WireError | undefined {
  if (Array.isArray(value)) return errorIn(value[0], failed);
  if (!isRecord(value)) return undefined;
  const { error, errors, detail, object, message } = value;
  if (isRecord(error)) return wireErrorOf(error);
  if (typeof error === 'string') return { ...wireErrorOf(value), message: error };
  if (object === 'error') return wireErrorOf(value);
  if (failed && Array.isArray(errors) && isRecord(errors[0])) return wireErrorOf(errors[0]);
  if (failed && detail !== undefined) return { code: null, message: detailText(detail) };
  return failed && typeof message === 'string' ? wireErrorOf(value) : undefined;
}

/** The error object of a body or frame, whatever of it is there; a code may be a number. */
export function wireErrorOf(value: unknown): WireError {
  const { type, code, message, param, headers } = recordOf(value);
  const kind = codeOf(type);
  return {
    ...(kind !== undefined && { type: kind }),
    code: codeOf(code) ?? null,
    message: typeof message === 'string' ? message : 'no message',
    ...(typeof param === 'string' && { param }),
    ...(isRecord(headers) && { headers: headersOf(headers) }),
  };
}

function headersOf(headers: Record<string, unknown>): Record<string, string> {
  const plain = Object.entries(headers).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function detailText(detail: unknown): string {
  if (typeof detail === 'string') return detail;
  const problems = Array.isArray(detail) ? detail.map(recordOf) : [recordOf(detail)];
  const texts = problems.map(({ loc, msg, message }) => {
    const place = Array.isArray(loc) ? `${loc.join('.')}: ` : '';
    return `${place}${[msg, message].find((text) => typeof text === 'string') ?? 'no message'}`;
  });
  return texts.join('; ');
}
