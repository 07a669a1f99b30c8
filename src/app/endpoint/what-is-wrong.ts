import { EndpointFailure } from '../../transport/failure.ts';
import type { Endpoint } from '../../transport/transport.ts';
import { otherPaths, otherScheme } from './other-addresses.ts';
import type { Recognition } from './recognise.ts';
import { redact } from './redact.ts';
import { showOne, tlsAdvice } from './tls-advice.ts';
import { tlsAlertOf } from './why-hung-up.ts';

/** What became of the question: an answer, or the failure that came in its place. */
export type Found = Recognition | { kind: 'silent'; timeoutMs: number } | EndpointFailure;

type Unfit = Exclude<Found, { kind: 'responses' | 'moved' }>;

/** What to say of an endpoint that won't do, and which addresses near it may be what was meant. */
export interface Wrong {
  what: string;
  advice: string;
  neighbours: URL[];
}

/** The words for an endpoint that won't do; where TLS may have ended the connection, it is asked why. */
export async function whatIsWrong(
  found: Unfit,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Wrong> {
  const plain = plainly(found, endpoint);
  const alert = found.kind === 'closed' ? await tlsAlertOf(endpoint, signal) : undefined;
  const code = alert ?? (found.kind === 'tls' ? found.code : undefined);
  const told = tlsAdvice(code, endpoint.way?.identity !== undefined);
  if (told === undefined) return plain;
  const said = alert ?? redact((found as EndpointFailure).message, endpoint);
  return { what: `${told.what} (${said})`, advice: told.advice, neighbours: [] };
}

/** What `--url` takes. */
export const baseAdvice = '--url takes the base URL, such as https://api.openai.com/v1';

function plainly(found: Unfit, endpoint: Endpoint): Wrong {
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
