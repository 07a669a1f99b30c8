import { nowUs } from '../measure/clock.ts';
import { type ExchangeMarks, startMarks } from '../measure/marks.ts';
import type { WireItem } from '../protocol/items.ts';
import { doneItemOf, type ReadUsage, terminalOf } from '../protocol/reading.ts';
import type { CreateRequest } from '../protocol/request.ts';
import { EndpointFailure } from '../transport/failure.ts';
import type { Transport } from '../transport/transport.ts';

/** How one model call ended. A failure of the endpoint is an outcome, not an exception. */
export type StepOutcome = { marks: ExchangeMarks } & (
  | {
      state: 'completed';
      output: WireItem[];
      responseId: string;
      usage: ReadUsage | undefined;
    }
  | { state: 'failed'; failure: EndpointFailure; endUs: number }
  | { state: 'aborted'; endUs: number }
);

/**
 * Sends one request and takes in its whole answer, within `timeoutMs`. The step's clock starts here, before
 * the transport dials, serialises or sends anything.
 */
export async function runStep(
  transport: Transport,
  request: CreateRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new EndpointFailure('timeout', `no complete answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const onAbort = (): void => {
    limit.abort(signal.reason);
  };
  signal.addEventListener('abort', onAbort);

  const marks = startMarks(nowUs());
  try {
    signal.throwIfAborted();
    return { marks, ...(await collect(transport, request, marks, limit.signal)) };
  } catch (error) {
    const endUs = nowUs();
    if (signal.aborted) return { state: 'aborted', marks, endUs };
    if (error instanceof EndpointFailure) return { state: 'failed', failure: error, marks, endUs };
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function collect(
  transport: Transport,
  request: CreateRequest,
  marks: ExchangeMarks,
  signal: AbortSignal,
): Promise<Omit<Extract<StepOutcome, { state: 'completed' }>, 'marks'>> {
  const output: WireItem[] = [];
  for await (const event of transport.exchange(request, marks, signal)) {
    const item = doneItemOf(event);
    if (item) output.push(item);
    const terminal = terminalOf(event);
    if (terminal?.state === 'completed') {
      const { responseId, usage } = terminal;
      // Some servers send the items only with the last event.
      return {
        state: 'completed',
        output: output.length > 0 ? output : terminal.output,
        responseId,
        usage,
      };
    }
  }
  throw new EndpointFailure('closed', 'the stream ended before its terminal event');
}
