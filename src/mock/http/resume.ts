import type { BackgroundRun, BackgroundRuns } from '../answer/background.ts';
import type { Pacer } from '../deliver/pacer.ts';
import { refuse } from '../wire/refusal.ts';
import type { Answer } from './answer.ts';
import { deliverOverHttp } from './deliver.ts';
import { SSE_DONE, SSE_HEADERS, sseEvent } from './sse-writer.ts';

/**
 * The events of a run, as they come or as they came, up to its end or until it is cancelled.
 * @param from the first event to send; its index is its sequence number
 */
export function runStream(
  { layout, startMs, onCancel }: BackgroundRun,
  pacer: Pacer,
  from = 0,
): Answer {
  const frames = layout.frames.slice(from);
  const due = layout.dueMs.slice(from).map((ms) => startMs + ms);
  return {
    kind: 'stream',
    start(response) {
      response.writeHead(200, SSE_HEADERS);
      const endStream = (): void => {
        response.end(SSE_DONE);
      };
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
    },
  };
}

/** The answer to `GET /v1/responses/{id}?stream=true&starting_after=4`: the events of a run after that one. */
export function resume(
  id: string,
  query: URLSearchParams,
  runs: BackgroundRuns,
  pacer: Pacer,
): Answer {
  const run = runs.find(id);
  if (run === undefined) {
    const message = `No stream of response '${id}': expected one that was made lately, with 'background' set to true.`;
    return refuse(400, message, { param: 'stream' });
  }
  const after = query.get('starting_after') ?? '-1';
  if (!/^(-1|\d{1,9})$/.test(after)) {
    const message = "Invalid 'starting_after': expected the sequence number of an event.";
    return refuse(400, message, { param: 'starting_after' });
  }
  return runStream(run, pacer, Number(after) + 1);
}
