import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { BackgroundRuns } from '../answer/background.ts';
import type { Service } from '../answer/service.ts';
import type { InFlight } from '../deliver/in-flight.ts';
import type { Pacer } from '../deliver/pacer.ts';
import type { Faults } from '../fault/faults.ts';
import type { FaultLog } from '../fault/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { KeyCheck } from '../wire/api-key.ts';
import { parseCreateBody } from '../wire/create-body.ts';
import { pathOf, queryOf, RESPONSES_PATH } from '../wire/path.ts';
import { isRefusal, type Refusal, refuse } from '../wire/refusal.ts';
import { createOverHttp } from './create.ts';
import { joinPipeline } from './pipelining.ts';
import { readJson } from './read-json.ts';
import { resumeOverHttp } from './resume.ts';
import type { Route } from './route.ts';
import { sendJson, sendRefusal } from './send-json.ts';

/** What the front answers from. */
export interface HttpFront {
  service: Service;
  routes: readonly Route[];
  pacer: Pacer;
  runs: BackgroundRuns;
  checkKey: KeyCheck;
  faults: Faults;
  /** Read at `GET /debug/faults`, if the server was told to fail. */
  faultLog: FaultLog | undefined;
  metrics: Metrics;
  inFlight: InFlight;
}

/** Answers every plain HTTP request: creates, stored responses, health and metrics; refuses the rest. */
export function createHttpFront(front: HttpFront): RequestListener {
  const { routes, checkKey, faults, faultLog, metrics, inFlight } = front;
  return (request, response) => {
    response.on('close', inFlight.begin());
    if (request.httpVersionMajor === 1 && !joinPipeline(request, response)) return;
    response.on('finish', () => {
      metrics.request('http', response.statusCode);
    });
    const path = pathOf(request);
    if (path === '/healthz' && isRead(request)) {
      sendJson(response, 200, '{"status":"ok"}');
      return;
    }
    const refusal = refuseEncoding(request) ?? checkKey(request.headers.authorization);
    if (refusal !== undefined) {
      sendRefusal(response, refusal);
      return;
    }
    if (path === '/metrics' && isRead(request)) {
      sendMetrics(response, metrics);
      return;
    }
    if (path === '/debug/faults' && faultLog !== undefined && isRead(request)) {
      sendJson(response, 200, faultLog.render());
      return;
    }
    if (path === RESPONSES_PATH && request.method === 'POST') {
      serveCreate(request, response, front);
      return;
    }
    if (resumeOverHttp(request, response, path, front)) return;
    const here = routes.filter((route) => route.path.test(path));
    const route = here.find(({ method }) => method === request.method);
    if (route === undefined) {
      const methods = here.map(({ method }) => method);
      if (path === RESPONSES_PATH) methods.push('POST');
      refusePath(request, response, path, methods);
      return;
    }
    later(faults.readDelayMs('http'), () => {
      readJson(request, (value) => {
        const [, id = '', itemId = ''] = route.path.exec(path) ?? [];
        const answer = isRefusal(value)
          ? value
          : shallow(() => route.answer({ id, itemId, query: queryOf(request), json: value.json }));
        if (isRefusal(answer)) sendRefusal(response, answer);
        else sendJson(response, 200, JSON.stringify(answer));
      });
    });
  };
}

function serveCreate(request: IncomingMessage, response: ServerResponse, front: HttpFront): void {
  later(front.faults.readDelayMs('http'), () => {
    readJson(request, (value) => {
      const body = isRefusal(value) ? value : parseCreateBody(value.json);
      const refusal = isRefusal(body) ? body : createOverHttp(response, body, front);
      if (refusal !== undefined) sendRefusal(response, refusal);
    });
  });
}

/** JSON.parse takes any depth; what walks the value afterwards runs out of stack. */
function shallow(answer: () => object | Refusal): object | Refusal {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) return refuse(400, 'The request is nested too deeply.');
    throw error;
  }
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function refuseEncoding(request: IncomingMessage): Refusal | undefined {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return refuse(415, 'Expected a body without content-encoding.');
}

function refusePath(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  methods: readonly string[],
): void {
  const method = String(request.method);
  if (methods.length === 0) {
    sendRefusal(response, refuse(404, `Unknown request URL: ${method} ${path}.`));
    return;
  }
  const upgrade = path === RESPONSES_PATH ? ', or GET with an upgrade to WebSocket,' : '';
  const message = `Expected ${methods.join(' or ')}${upgrade} at ${path}.`;
  sendRefusal(response, refuse(405, message), methods);
}

function sendMetrics(response: ServerResponse, metrics: Metrics): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  response.end(metrics.render());
}

function later(ms: number, work: () => void): void {
  if (ms > 0) setTimeout(work, ms).unref();
  else work();
}
