import { RunError } from '../../errors.ts';
import { EndpointFailure } from '../../transport/failure.ts';
import { type ProbeAnswer, probe } from '../../transport/http/probe.ts';
import type { Endpoint } from '../../transport/transport.ts';
import type { WayTo } from '../options/way.ts';
import { movedTo, otherPaths, otherScheme } from './other-addresses.ts';
import { type Recognition, recognise } from './recognise.ts';
import { redact } from './redact.ts';
import { showOne, tlsAdvice } from './tls-advice.ts';
import { tlsAlertOf } from './why-hung-up.ts';

/** An endpoint that was found to speak the Responses API. */
export interface FoundEndpoint {
  /** The one that was asked for, or the one that it sent us to. */
  endpoint: Endpoint;
  /** How often it sent us on. */
  redirects: number;
}

const MOST_REDIRECTS = 5;

/**
 * The endpoint, once it has answered one question that costs nothing: an empty request, which no model answers. Whatever
 * error the API gives back shows that it is one; what can't be reached, trusted or understood ends the run before it
 * begins.
 * @throws RunError saying what is wrong, in the endpoint's own words where it has some, and what to do about it
 */
export async function preflight(
  endpoint: Endpoint,
  wayTo: WayTo,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<FoundEndpoint> {
  let at = along(wayTo, endpoint);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const found = await ask(at, timeoutMs, signal);
    if (found.kind === 'responses') return { endpoint: at, redirects };
    if (found.kind !== 'moved') {
      const { what, advice, neighbours } = await wrongWithTls(found, at, signal);
      const better = await firstThatLives(neighbours, at, wayTo, timeoutMs, signal);
      throw complaint(at, `${what}; ${better === undefined ? advice : `did you mean ${better}?`}`);
    }
    at = along(wayTo, sentOn(at, found.location));
  }
  throw complaint(endpoint, `sends us on more than ${MOST_REDIRECTS} times`);
}

/** What became of the question: an answer, or the failure that came in its place. */
type Found = Recognition | { kind: 'silent'; timeoutMs: number } | EndpointFailure;

async function ask(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<Found> {
  const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
  let answer: ProbeAnswer;
  try {
    answer = await probe(endpoint, {}, AbortSignal.any([signal, limit]));
  } catch (error) {
    // Nothing is going to be sent any more.
    if (signal.aborted) return { kind: 'responses' };
    if (limit.aborted) return { kind: 'silent', timeoutMs };
    if (error instanceof EndpointFailure) return error;
    throw error;
  }
  return recognise(answer);
}

/** What to say of an endpoint that won't do, and which addresses near it may be what was meant. */
interface Wrong {
  what: string;
  advice: string;
  neighbours: URL[];
}

/** The same, once more is known of a connection that TLS may have ended. */
async function wrongWithTls(
  found: Parameters<typeof wrong>[0],
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Wrong> {
  const plain = wrong(found, endpoint);
  const alert = found.kind === 'closed' ? await tlsAlertOf(endpoint, signal) : undefined;
  const code = alert ?? (found.kind === 'tls' ? found.code : undefined);
  const told = tlsAdvice(code, endpoint.way?.identity !== undefined);
  if (told === undefined) return plain;
  const said = alert ?? redact((found as EndpointFailure).message, endpoint);
  return { what: `${told.what} (${said})`, advice: told.advice, neighbours: [] };
}

const baseAdvice = '--url takes the base URL, such as https://api.openai.com/v1';

function wrong(found: Exclude<Found, { kind: 'responses' | 'moved' }>, endpoint: Endpoint): Wrong {
  const { baseUrl } = endpoint;
  const told = found instanceof EndpointFailure ? found.message : 'said' in found ? found.said : '';
  const said = redact(told, endpoint);
  switch (found.kind) {
    case 'elsewhere':
      return {
        what: `not a Responses API: ${said}`,
        advice: baseAdvice,
        neighbours: otherPaths(baseUrl),
      };
    case 'refused': {
      const { what, advice } = refusals[found.why];
      return { what: `${what} (${said})`, advice, neighbours: [] };
    }
    case 'silent':
      return {
        what: `no answer within ${found.timeoutMs} ms`,
        advice: 'is it up? --timeout sets how long to wait',
        neighbours: [],
      };
    case 'timeout':
      return { what: said, advice: 'is it up, and the way to it open?', neighbours: [] };
    case 'unreachable':
      return {
        what: `cannot connect: ${said}`,
        advice: 'check its host and port, and that the server is up',
        neighbours: [],
      };
    case 'own_limit':
      return {
        what: `no socket left on this machine: ${said}`,
        advice: 'close what holds them, or raise the limit (ulimit -n)',
        neighbours: [],
      };
    case 'proxy':
      return { what: said, advice: proxyAdvice(found.status), neighbours: [] };
    case 'tls':
      return {
        what: `TLS failed: ${said}`,
        advice:
          'a plain HTTP server needs http://, a private authority --cacert <file>, and -k accepts any certificate',
        neighbours: [otherScheme(baseUrl)],
      };
    case 'closed':
      return {
        what: `the server closed the connection without an answer (${said})`,
        advice: endpoint.way?.identity
          ? 'does it refuse the certificate that --cert shows?'
          : `does it want ${otherScheme(baseUrl).protocol}//?`,
        neighbours: [otherScheme(baseUrl)],
      };
    case 'protocol':
    case 'not_responses':
    case 'http_status':
    case 'api_error':
    case 'incomplete':
    case 'upgrade_refused':
    case 'internal':
      return {
        what: `not a Responses API: ${said}`,
        advice: baseAdvice,
        neighbours: [otherScheme(baseUrl)],
      };
  }
}

function proxyAdvice(status: number | undefined): string {
  if (status === 407) return 'it wants a user and password: http://user:password@host:port';
  if (status === 403 || status === 405) return 'many proxies let CONNECT pass to port 443 only';
  return '--proxy names another one, --proxy none goes without';
}

const refusals = {
  credentials: {
    what: 'the server refused the credentials',
    advice: '--api-key-env names the variable that holds the key, -H adds headers',
  },
  region: {
    what: 'the server does not serve this region',
    advice: 'no key changes that; run it from somewhere that it serves',
  },
  certificate: {
    what: "the server wants another client's certificate, or one at all",
    advice: showOne,
  },
  challenge: {
    what: 'a page of Cloudflare stands before the server and wants a browser',
    advice: 'ask its owner to let API clients through',
  },
} as const;

/** Asked without key or headers: nobody said that they may go there. */
async function firstThatLives(
  addresses: readonly URL[],
  endpoint: Endpoint,
  wayTo: WayTo,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const baseUrl of addresses) {
    const neighbour = along(wayTo, { ...endpoint, baseUrl, headers: {} });
    const found = await ask(neighbour, timeoutMs, signal);
    const wantsKey = found.kind === 'refused' && found.why === 'credentials';
    if (found.kind === 'responses' || wantsKey) return `${baseUrl.origin}${baseUrl.pathname}`;
  }
  return undefined;
}

/** Another address may have another way: through a proxy, say, or past it. */
function along(wayTo: WayTo, endpoint: Endpoint): Endpoint {
  return { ...endpoint, way: wayTo(endpoint.baseUrl) };
}

function sentOn(endpoint: Endpoint, location: string): Endpoint {
  const moved = movedTo(endpoint, location);
  if (moved !== undefined) return moved;
  throw complaint(
    endpoint,
    `sends POST /responses on to ${redact(location, endpoint)}, which is no such address; ${baseAdvice}`,
  );
}

function complaint({ baseUrl }: Endpoint, what: string): RunError {
  return new RunError(`${baseUrl.origin}${baseUrl.pathname}: ${what}`);
}
