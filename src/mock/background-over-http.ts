import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { BackgroundRun, BackgroundRuns } from './background.ts';
import { deliver } from './delivery.ts';
import type { Pacer } from './pacer.ts';
import { queryOf } from './path.ts';
import { type Refusal, refuse } from './refusal.ts';
import { SSE_DONE, sseEvent } from './sse-writer.ts';

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
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  const endStream = (): void => {
    response.end(SSE_DONE);
  };
  const frames = plan.frames.slice(from);
  if (frames.length === 0) {
    endStream();
    return;
  }
  const due = plan.dueMs.slice(from).map((ms) => startMs + ms);
  const write = (index: number): void => {
    const frame = frames[index];
    if (frame !== undefined) response.write(sseEvent(frame.type, frame.json));
  };
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  const playback = deliver(pacer, stream ?? response.socket ?? response, due, write, endStream);
  const forget = onCancel(() => {
    playback.stop();
    endStream();
  });
  response.on('close', () => {
    playback.stop();
    forget();
  });
}

/**
 * Answers `GET /v1/responses/{id}?stream=true&starting_after=4`: the events of a run after that one.
 * Returns whether it did, or why it can't; `other` if that isn't what was asked for.
 */
export function resumeOverHttp(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { runs, pacer }: { runs: BackgroundRuns; pacer: Pacer },
): 'other' | 'answered' | Refusal {
  const [, id] = /^\/v1\/responses\/([^/]+)$/.exec(path) ?? [];
  const query = queryOf(request);
  if (id === undefined || request.method !== 'GET' || query.get('stream') !== 'true')
    return 'other';
  const run = runs.find(id);
  if (run === undefined) {
    const message = `No stream of response '${id}': expected one made with 'background' set to true, lately.`;
    return refuse(400, message, { param: 'stream' });
  }
  const after = query.get('starting_after') ?? '-1';
  if (!/^(-1|\d{1,9})$/.test(after)) {
    const message = "Invalid 'starting_after': expected the sequence number of an event.";
    return refuse(400, message, { param: 'starting_after' });
  }
  streamRun(response, run, pacer, Number(after) + 1);
  return 'answered';
}
