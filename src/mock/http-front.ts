import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { ErrorBody } from '../protocol/errors.ts';
import type { KeyCheck } from './api-key.ts';
import { parseCreateBody } from './create-body.ts';
import { type Channel, deliver } from './delivery.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import type { Pacer } from './pacer.ts';
import { pathOf, RESPONSES_PATH } from './path.ts';
import type { Plan } from './plan.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { Responder } from './responder.ts';
import { SSE_DONE, sseEvent } from './sse-writer.ts';

/** Answers `POST /v1/responses`, as JSON or as a stream of events, and refuses everything else. */
export function createHttpFront({
  responder,
  pacer,
  checkKey,
}: {
  responder: Responder;
  pacer: Pacer;
  checkKey: KeyCheck;
}): RequestListener {
  return (request, response) => {
    const refusal = refuseUnread(request, checkKey);
    if (refusal !== undefined) {
      sendRefusal(response, refusal);
      return;
    }
    readBody(request, (bytes) => {
      const body = bytes === 'too large' ? bodyTooLarge() : parseBody(bytes);
      if (isRefusal(body)) {
        sendRefusal(response, body);
        return;
      }
      const plan = responder.respond(body);
      if (isRefusal(plan)) {
        sendRefusal(response, plan);
        return;
      }
      const send = body.stream === true ? sendEvents : sendJson;
      send(response, plan, pacer, () => {
        responder.settle(plan);
      });
    });
  };
}

function refuseUnread(request: IncomingMessage, checkKey: KeyCheck): Refusal | undefined {
  const path = pathOf(request);
  if (path !== RESPONSES_PATH) {
    return refuse(404, `Unknown request URL: ${String(request.method)} ${path}.`);
  }
  if (request.method !== 'POST') {
    return refuse(405, `Expected POST, or GET with an upgrade to WebSocket, at ${RESPONSES_PATH}.`);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return refuse(415, 'Expected a body without content-encoding.');
  }
  return checkKey(request.headers.authorization);
}

/** Reads to the end even when there is too much, so that the client can read why; a client that never stops is cut off. */
function readBody(request: IncomingMessage, done: (body: Buffer | 'too large') => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 4 * MAX_BODY_BYTES) request.destroy();
  });
  request.on('end', () => {
    done(bytes > MAX_BODY_BYTES ? 'too large' : Buffer.concat(chunks, bytes));
  });
}

function bodyTooLarge(): Refusal {
  return refuse(413, `Expected a body of at most ${MAX_BODY_BYTES} bytes.`);
}

function parseBody(bytes: Buffer): ReturnType<typeof parseCreateBody> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return refuse(400, 'The body of the request is not valid JSON.', { code: 'invalid_json' });
  }
  return parseCreateBody(value);
}

function sendRefusal(response: ServerResponse, { status, error }: Refusal): void {
  const body: ErrorBody = { error };
  if (status === 405) response.setHeader('allow', 'POST');
  writeJson(response, status, JSON.stringify(body));
}

function writeJson(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
  });
  response.end(json);
}

type Send = (response: ServerResponse, plan: Plan, pacer: Pacer, settle: () => void) => void;

const sendJson: Send = (response, plan, pacer, settle) => {
  const due = performance.now() + (plan.dueMs.at(-1) ?? 0);
  const write = (): void => {
    writeJson(response, 200, plan.responseJson);
  };
  const playback = deliver(pacer, channelOf(response), [due], write, settle);
  response.on('close', () => {
    playback.stop();
  });
};

const sendEvents: Send = (response, plan, pacer, settle) => {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  const startMs = performance.now();
  const due = plan.dueMs.map((ms) => startMs + ms);
  const write = (index: number): void => {
    const frame = plan.frames[index];
    if (frame !== undefined) response.write(sseEvent(frame.type, frame.json));
  };
  const playback = deliver(pacer, channelOf(response), due, write, () => {
    settle();
    response.end(SSE_DONE);
  });
  response.on('close', () => {
    playback.stop();
  });
};

/** What holds the bytes that wait for the client: the connection, or over HTTP/2 the request's own stream. */
function channelOf(response: ServerResponse): Channel {
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  // A client may be gone by now: the response then takes what is written, and drops it.
  return stream ?? response.socket ?? response;
}
