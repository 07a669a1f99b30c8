import type { IncomingMessage, RequestListener } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { MOCK_HEADER } from '../../protocol/mock-identity.ts';
import type { InFlight } from '../deliver/in-flight.ts';
import type { Faults } from '../fault/faults.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { KeyCheck } from '../wire/api-key.ts';
import type { HostCheck } from '../wire/host.ts';
import { pathOf, queryOf } from '../wire/path.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { joinPipeline } from './pipelining.ts';
import { readJson } from './read-json.ts';
import { findRoute, type Route } from './route.ts';

/** The parts of a server that the front answers from. */
export interface HttpFront {
  routes: readonly Route[];
  checkHost: HostCheck;
  checkKey: KeyCheck;
  faults: Faults;
  /** Told of each request, but for those that ask how the server is. */
  onRequest: (request: IncomingMessage) => void;
  metrics: Metrics;
  inFlight: InFlight;
  /** Who the server is, for a header of every answer. */
  identity: string;
}

/** A listener that answers every plain HTTP request by the route of its path, and refuses the rest. */
export function createHttpFront(front: HttpFront): RequestListener {
  const { routes, checkHost, checkKey, faults, onRequest, metrics, inFlight, identity } = front;

  function admit(request: IncomingMessage, path: string): Route | Refusal {
    const refusal = checkHost(request);
    if (refusal !== undefined) return refusal;
    const route = findRoute(routes, request.method, path);
    if (!isRefusal(route) && route.isOpen) return route;
    return refuseEncoding(request) ?? checkKey(request.headers.authorization) ?? route;
  }

  return (request, response) => {
    response.on('close', inFlight.begin());
    response.setHeader(MOCK_HEADER, identity);
    if (request.httpVersionMajor === 1 && !joinPipeline(request, response)) return;
    response.on('finish', () => {
      metrics.request('http', response.statusCode);
    });
    const path = pathOf(request);
    if (!isProbe(path)) onRequest(request);
    const route = admit(request, path);
    if (isRefusal(route)) {
      sendAnswer(response, route);
      return;
    }
    later(isProbe(path) ? 0 : faults.readDelayMs('http'), () => {
      readJson(request, (value) => {
        if (isRefusal(value)) {
          sendAnswer(response, value);
          return;
        }
        const [, id = '', itemId = ''] = route.path.exec(path) ?? [];
        const connection = connectionOf(request);
        const call = { id, itemId, query: queryOf(request), json: value.json, connection };
        sendAnswer(
          response,
          shallow(() => route.answer(call)),
        );
      });
    });
  };
}

/** Of HTTP/2, the session: every stream shows a socket of its own making. */
function connectionOf(request: IncomingMessage | Http2ServerRequest): object {
  return ('stream' in request ? request.stream.session : undefined) ?? request.socket;
}

function refuseEncoding(request: IncomingMessage): Refusal | undefined {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return refuse(415, 'Expected a body without content-encoding.');
}

/** Health and metrics are no part of the API: faults don't touch them. */
function isProbe(path: string): boolean {
  return !path.startsWith('/v1/');
}

function later(ms: number, work: () => void): void {
  if (ms > 0) setTimeout(work, ms).unref();
  else work();
}

/** JSON.parse takes any depth; what walks the value afterwards runs out of stack. */
function shallow(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) return refuse(400, 'The request is nested too deeply.');
    throw error;
  }
}
