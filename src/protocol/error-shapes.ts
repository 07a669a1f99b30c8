import { isRecord, recordOf } from '../is-record.ts';
import type { WireError } from './errors.ts';

/**
 * The error in the JSON of an answer, in any of the shapes that servers give it; undefined where there is none.
 *
 * | shape | who |
 * |---|---|
 * | `{"error": {"message", "type", "code"}}` | OpenAI and most |
 * | `{"error": "text"}` | Ollama, llama.cpp |
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
  const { error, detail, object, message } = value;
  if (isRecord(error)) return wireError(error);
  if (typeof error === 'string') return { ...wireError(value), message: error };
  if (object === 'error') return wireError(value);
  if (failed && detail !== undefined) return { code: null, message: detailText(detail) };
  return failed && typeof message === 'string' ? wireError(value) : undefined;
}

/** The fields of an error object, whatever of them is there; a code may be a number. */
function wireError({ type, code, message, param }: Record<string, unknown>): WireError {
  return {
    ...(typeof type === 'string' && { type }),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
    message: typeof message === 'string' ? message : 'no message',
    ...(typeof param === 'string' && { param }),
  };
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
