import { isRecord } from '../../is-record.ts';
import { errorIn } from '../../protocol/error-shapes.ts';
import type { WireError } from '../../protocol/errors.ts';
import { MOCK_HEADER } from '../../protocol/mock-identity.ts';
import type { ProbeAnswer } from '../../transport/http/probe.ts';

/** The meaning of an endpoint's answer to an empty request. */
export type Recognition =
  /** It speaks the Responses API. */
  | { kind: 'responses'; isMock?: true }
  /** It wants the same request sent to another address. */
  | { kind: 'moved'; location: string; status: number }
  /** It speaks something else there, or nothing. */
  | { kind: 'elsewhere'; said: string }
  /** It doesn't let us in. */
  | { kind: 'refused'; why: 'credentials' | 'region' | 'certificate' | 'challenge'; said: string };

/**
 * Recognises a Responses API by its answer to a request without a model: real servers give a response object, an event
 * stream, or an error of any shape. Pure.
 */
export function recognise(answer: ProbeAnswer): Recognition {
  const recognition = read(answer);
  const isMock = recognition.kind === 'responses' && header(answer, MOCK_HEADER) !== undefined;
  return isMock ? { kind: 'responses', isMock } : recognition;
}

function read(answer: ProbeAnswer): Recognition {
  const { status, body } = answer;
  const json = jsonOf(body);
  const error = errorIn(json, status >= 400);
  if (status === 307 || status === 308) {
    const location = header(answer, 'location');
    if (location !== undefined) return { kind: 'moved', location, status };
  }
  if (wantsCertificate(answer)) {
    return { kind: 'refused', why: 'certificate', said: describe(answer, error) };
  }
  if (status === 401 || status === 403) return refusal(answer, error);
  if (status >= 200 && status < 300) {
    return isEventStream(answer) || error !== undefined || isResponse(json)
      ? { kind: 'responses' }
      : { kind: 'elsewhere', said: describe(answer, error) };
  }
  if (error === undefined || status < 400 || status === 405) {
    // Too busy or out of order: whatever it is, it may be one.
    if (status === 429 || (status >= 500 && status !== 501)) return { kind: 'responses' };
    return { kind: 'elsewhere', said: describe(answer, error) };
  }
  return status === 404 && isNoRoute(error)
    ? { kind: 'elsewhere', said: describe(answer, error) }
    : { kind: 'responses' };
}

/** nginx and whoever ends TLS like it answer with a page, and statuses of their own. */
function wantsCertificate({ status, body }: ProbeAnswer): boolean {
  if (status === 495 || status === 496) return true;
  return (status === 400 || status === 403) && /\b(SSL|client) certificate\b/i.test(body);
}

const regionCodes = /unsupported_country|region|territory|geo/i;

function refusal(answer: ProbeAnswer, error: WireError | undefined): Recognition {
  const said = describe(answer, error);
  const isPage = /^text\/html/i.test(header(answer, 'content-type') ?? '');
  if (header(answer, 'cf-mitigated') !== undefined || (isPage && isCloudflare(answer))) {
    return { kind: 'refused', why: 'challenge', said };
  }
  const isRegion = regionCodes.test(error?.code ?? '') || /\b(country|region)\b/i.test(said);
  return { kind: 'refused', why: isRegion ? 'region' : 'credentials', said };
}

function isCloudflare(answer: ProbeAnswer): boolean {
  return /cloudflare/i.test(header(answer, 'server') ?? '');
}

/** A missing model or deployment is a 404 too, but it takes a Responses API to miss it. */
function isNoRoute({ message, code, type }: WireError): boolean {
  if (/model|deployment|fixture/i.test(`${code ?? ''} ${type ?? ''} ${message}`)) return false;
  return /not found|no route|cannot (post|get)|invalid url|unknown (request )?(url|path|endpoint)|no such (route|path)|does not exist/i.test(
    message,
  );
}

function isResponse(json: unknown): boolean {
  return (
    isRecord(json) &&
    (json['object'] === 'response' || (Array.isArray(json['output']) && 'status' in json))
  );
}

/** By its header, or by how its text begins: a comment, an event, or data. */
function isEventStream(answer: ProbeAnswer): boolean {
  const declared = /^text\/event-stream/i.test(header(answer, 'content-type') ?? '');
  return declared || /^\uFEFF?(?::|event:|data:|id:|retry:)/.test(answer.body);
}

/** Status, kind and the endpoint's own words. */
function describe(answer: ProbeAnswer, error: WireError | undefined): string {
  const { status, body } = answer;
  const type = header(answer, 'content-type') ?? 'no content type';
  const location = header(answer, 'location');
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1];
  const words = error?.message ?? title ?? (type.startsWith('text/html') ? '' : body.slice(0, 200));
  const to = location === undefined ? '' : `, to ${location}`;
  return `status ${status}, ${type}${to}${words.trim() === '' ? '' : `: ${words.trim()}`}`;
}

function header({ headers }: ProbeAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
