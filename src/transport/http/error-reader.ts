import { errorIn } from '../../protocol/error-shapes.ts';
import { apiFailure, EndpointFailure } from '../failure.ts';
import { retryHintOf } from '../retry-hint.ts';
import { type BodyReader, contentTypeOf, type Headers } from './reader.ts';

/** Enough of an error body to find its error object. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** A reader of an answer other than the one that was `expected`, up to a limit; tells what it means. */
export function errorReader(
  status: number,
  headers: Headers,
  expected: string,
  tell: (failure: EndpointFailure) => void,
): BodyReader {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    data(chunk) {
      bytes += chunk.byteLength;
      if (bytes <= MAX_ERROR_BODY_BYTES) chunks.push(chunk);
    },
    end() {
      tell(errorOf(status, headers, expected, Buffer.concat(chunks).toString()));
    },
  };
}

/** The failure that an answer tells with this body, if it is not the one that was `expected`. */
export function errorOf(
  status: number,
  headers: Headers,
  expected: string,
  body: string,
): EndpointFailure {
  const error = errorIn(jsonOf(body), status >= 400);
  if (status >= 400) {
    if (error !== undefined) return apiFailure('http_status', status, error, headers);
    const message = `HTTP status ${status}${wordsOf(body)}`;
    return new EndpointFailure('http_status', message, { status, ...retryHintOf(headers) });
  }
  // The status speaks of success: it isn't the error's.
  if (error !== undefined) return apiFailure('api_error', undefined, error, headers);
  const message = `expected ${expected}, got status ${status} and ${contentTypeOf(headers)}${wordsOf(body)}`;
  return new EndpointFailure('not_responses', message, { status });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const MOST_WORDS = 200;

/** What a page or a plain text says. */
function wordsOf(body: string): string {
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1];
  const words = (title ?? (/^\s*[<{[]/.test(body) ? '' : body)).trim().slice(0, MOST_WORDS);
  return words === '' ? '' : `: ${words}`;
}
