import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import { resetConnection } from '../../listen/reset-connection.ts';
import type { BackgroundRuns } from '../answer/background.ts';
import type { Reply, Service } from '../answer/service.ts';
import { failedResponse, type Staging, stage, unreadableBody } from '../answer/staging.ts';
import { serverTiming } from '../answer/timing-report.ts';
import type { Pacer } from '../deliver/pacer.ts';
import type { Faults, StreamFault } from '../fault/faults.ts';
import type { CreateBody } from '../wire/create-body.ts';
import { isRefusal } from '../wire/refusal.ts';
import { type Answer, jsonTextAnswer, sendJson } from './answer.ts';
import { deliverOverHttp } from './deliver.ts';
import { runStream } from './resume.ts';
import { SSE_DONE, SSE_HEADERS, sseEvent } from './sse-writer.ts';

/** The answer to one create, as JSON or as a stream of events. */
export function createOverHttp(
  body: CreateBody,
  connection: object,
  {
    service,
    faults,
    pacer,
    runs,
  }: { service: Service; faults: Faults; pacer: Pacer; runs: BackgroundRuns },
): Answer {
  const reply = faults.refusal('http') ?? service.create(body, { connection });
  if (isRefusal(reply)) return reply;
  if (body.background === true) {
    const run = runs.start(reply);
    return body.stream === true ? runStream(run, pacer) : jsonTextAnswer(run.queuedJson());
  }
  const fault = faults.stream('http');
  const staging = stage(reply.layout, fault);
  const send = body.stream === true ? sendEvents : sendWhole;
  return {
    kind: 'stream',
    start(response) {
      response.setHeader('server-timing', serverTiming(reply.layout));
      send(response, reply, staging, pacer, fault);
    },
  };
}

type Send = (
  response: ServerResponse,
  reply: Reply,
  staging: Staging,
  pacer: Pacer,
  fault: StreamFault | undefined,
) => void;

const sendWhole: Send = (response, { layout, settle }, staging, pacer, fault) => {
  const { dueMs, ending } = staging;
  const due = performance.now() + (dueMs.at(-1) ?? 0) + postMs(layout);
  const write = (): void => {
    fault?.inject();
    if (ending === 'complete')
      sendJson(response, 200, unreadableBody(staging) ?? layout.responseJson);
    if (ending === 'failed') sendJson(response, 200, JSON.stringify(failedResponse(layout)));
  };
  deliverOverHttp(pacer, response, [due], write, () => {
    if (ending === 'complete') settle();
    else end(response, ending);
  });
};

const sendEvents: Send = (response, { layout, settle }, staging, pacer, fault) => {
  const { frames, dueMs, faultAt, ending } = staging;
  response.writeHead(200, SSE_HEADERS);
  const startMs = performance.now();
  const due = dueMs.map((ms) => startMs + ms);
  const endStream = (): void => {
    response.end(SSE_DONE);
  };
  const write = (index: number): void => {
    const frame = frames[index];
    if (frame !== undefined) response.write(sseEvent(frame.type, frame.json));
    if (index === faultAt) fault?.inject();
  };
  deliverOverHttp(pacer, response, due, write, () => {
    if (ending === 'complete') {
      settle();
      // The server still works on it: what the client asks for next on this connection waits.
      const endMs = (due.at(-1) ?? startMs) + postMs(layout);
      deliverOverHttp(pacer, response, [endMs], endStream, () => undefined);
    } else if (ending === 'failed') endStream();
    else end(response, ending);
  });
};

function postMs({ timing }: Reply['layout']): number {
  return timing.endMs - timing.terminalMs;
}

/** Breaks off: a stalled response stays open until the client gives up, any other loses its connection. */
function end(response: ServerResponse, ending: Staging['ending']): void {
  if (ending === 'stall' || ending === 'failed') return;
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  if (stream !== undefined) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  // Not the response's own socket: while an earlier one of the same connection is under way, it has none.
  else resetConnection(response.req.socket);
}
