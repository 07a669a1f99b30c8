import { RunError } from '../../errors.ts';
import type { MockDescription } from '../../protocol/mock-identity.ts';
import { EndpointFailure } from '../../transport/failure.ts';
import { type ProbeAnswer, probe } from '../../transport/http/probe.ts';
import type { Endpoint } from '../../transport/transport.ts';
import type { WayTo } from '../options/way.ts';
import { describeMock } from './describe-mock.ts';
import { movedTo } from './other-addresses.ts';
import { recognise } from './recognise.ts';
import { redact } from './redact.ts';
import { baseAdvice, type Found, whatIsWrong } from './what-is-wrong.ts';

/** An endpoint that was found to speak the Responses API. */
export interface FoundEndpoint {
  /** The one that was asked for, or the one that it sent us to. */
  endpoint: Endpoint;
  /** How often it sent us on. */
  redirects: number;
  /** What it says of itself, where it is a mock of ours. */
  mock?: MockDescription;
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
    if (found.kind === 'responses') {
      const mock = found.isMock === true ? await describeMock(at, timeoutMs, signal) : undefined;
      return { endpoint: at, redirects, ...(mock && { mock }) };
    }
    if (found.kind !== 'moved') {
      const { what, advice, neighbours } = await whatIsWrong(found, at, signal);
      const better = await firstThatLives(neighbours, at, wayTo, timeoutMs, signal);
      throw complaint(at, `${what}; ${better === undefined ? advice : `did you mean ${better}?`}`);
    }
    at = along(wayTo, sentOn(at, found.location));
  }
  throw complaint(endpoint, `sends us on more than ${MOST_REDIRECTS} times`);
}

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
