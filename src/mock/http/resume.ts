import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BackgroundRun, BackgroundRuns } from '../answer/background.ts';
import type { Pacer } from '../deliver/pacer.ts';
import { queryOf } from '../wire/path.ts';
import { refuse } from '../wire/refusal.ts';
import { deliverOverHttp } from './deliver.ts';
import { sendRefusal } from './send-json.ts';
import { SSE_DONE, SSE_HEADERS, sseEvent } from './sse-writer.ts';

/**
 * Streams the events of a run, as they come or as they came, up to its end or until it is cancelled.
 * @param from the first event to send; its index is its sequence number
 */
export function streamRun(
  response: ServerResponse,
  { plan, startMs, onCancel }: BackgroundRun,
  pacer: Pacer,
  from = 0,
): void {
  response.writeHead(200, SSE_HEADERS);
  const endStream = (): void => {
    response.end(SSE_DONE);
  };
  const frames = plan.frames.slice(from);
  const due = plan.dueMs.slice(from).map((ms) => startMs + ms);
  const write = (index: number): void => {
    const frame = frames[index];
    if (frame !== undefined) response.write(sseEvent(frame.type, frame.json));
  };
  const stop = deliverOverHttp(pacer, response, due, write, endStream);
  const forget = onCancel(() => {
    stop();
    endStream();
  });
  response.on('close', forget);
}

/**
 * Answers `GET /v1/responses/{id}?stream=true&starting_after=4` with the events of a run after that one, or with why it
 * can't.
 * @returns whether the request is one of these
 */
export function resumeOverHttp(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { runs, pacer }: { runs: BackgroundRuns; pacer: Pacer },
): boolean {
  const [, id] = /^\/v1\/responses\/([^/]+)$/.exec(path) ?? [];
  const query = queryOf(request);
  if (id === undefined || request.method !== 'GET' || query.get('stream') !== 'true') {
    return false;
  }
  const run = runs.find(id);
  if (run === undefined) {
    const message = `No stream of response '${id}': expected one that was made lately, with 'background' set to true.`;
    sendRefusal(response, refuse(400, message, { param: 'stream' }));
    return true;
  }
  const after = query.get('starting_after') ?? '-1';
  if (!/^(-1|\d{1,9})$/.test(after)) {
    const message = "Invalid 'starting_after': expected the sequence number of an event.";
    sendRefusal(response, refuse(400, message, { param: 'starting_after' }));
    return true;
  }
  streamRun(response, run, pacer, Number(after) + 1);
  return true;
}
