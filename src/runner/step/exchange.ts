import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, startMarks } from '../../measure/marks.ts';
import type { StreamEvent } from '../../protocol/events.ts';
import type { WireItem } from '../../protocol/items.ts';
import { deltaKindOf, doneItemOf, type ReadUsage, terminalOf } from '../../protocol/reading.ts';
import type { CompactRequest, CreateRequest } from '../../protocol/request.ts';
import { EndpointFailure } from '../../transport/failure.ts';
import { DOUBTFUL_ANSWERS, type Transport } from '../../transport/transport.ts';
import { internalFailure } from './internal-failure.ts';
import type { StepLimit } from './limit.ts';

/** The end of one request. A failure of the endpoint is an outcome, not an exception. */
export type ExchangeOutcome = { marks: ExchangeMarks } & (
  | {
      state: 'completed';
      output: WireItem[];
      responseId: string;
      usage: ReadUsage | undefined;
    }
  /** A conversation came back shorter. */
  | { state: 'compacted'; output: WireItem[] }
  | {
      state: 'failed';
      failure: EndpointFailure;
      endUs: number;
      /** Output that came before, as text. */
      outputBytes: number;
    }
  | { state: 'aborted'; endUs: number }
);

/**
 * The outcome of one request, sent and answered as a whole. The clock starts here, before the transport dials, serialises
 * or sends anything.
 */
export function runExchange(
  transport: Transport,
  request: CreateRequest,
  limit: StepLimit,
  onFirstEvent: () => void,
): Promise<ExchangeOutcome> {
  return settle(limit, async (marks, received) => {
    const output = createOutput();
    for await (const events of transport.exchange(request, marks, limit.signal)) {
      if (!received.any) onFirstEvent();
      received.any = true;
      for (const event of events) {
        received.outputBytes += deltaBytes(event);
        if (deltaKindOf(event.type) !== undefined) continue;
        const item = doneItemOf(event);
        if (item) output.put(item);
        const terminal = terminalOf(event);
        if (terminal?.state === 'completed') {
          const { responseId, usage } = terminal;
          // Some servers send the items only with the last event.
          const items = output.items.length > 0 ? output.items : terminal.output;
          return { state: 'completed', marks, output: items, responseId, usage };
        }
      }
    }
    throw new EndpointFailure('closed', 'the stream ended before its terminal event');
  });
}

/** Has a conversation made shorter. */
export function runCompaction(
  transport: Transport,
  request: CompactRequest,
  limit: StepLimit,
): Promise<ExchangeOutcome> {
  return settle(limit, async (marks) => ({
    state: 'compacted',
    marks,
    output: await transport.compact(request, marks, limit.signal),
  }));
}

/** An exchange that was called off before it began. */
export function abortedExchange(): ExchangeOutcome {
  const atUs = nowUs();
  return { state: 'aborted', marks: startMarks(atUs), endUs: atUs };
}

/** The items of an answer; one that a server says twice is done stands once. */
function createOutput(): { items: WireItem[]; put(item: WireItem): void } {
  const items: WireItem[] = [];
  const places = new Map<unknown, number>();
  return {
    items,
    put(item) {
      const { id } = item;
      const place = (typeof id === 'string' ? places.get(id) : undefined) ?? items.length;
      items[place] = item;
      if (typeof id === 'string') places.set(id, place);
    },
  };
}

/**
 * An exchange that isn't begun, or in place of the last one, because more answers than requests came over the connection: whose they were
 * nobody can tell, so the times of the workflow are nobody's.
 */
export function doubtfulExchange(
  atUs: number = nowUs(),
): Extract<ExchangeOutcome, { state: 'failed' }> {
  const message =
    'the server answers more often than it is asked: answers and requests don’t pair up';
  const failure = new EndpointFailure('protocol', message, { code: DOUBTFUL_ANSWERS });
  return { state: 'failed', failure, marks: startMarks(atUs), endUs: atUs, outputBytes: 0 };
}

interface Received {
  any: boolean;
  outputBytes: number;
}

async function settle(
  limit: StepLimit,
  work: (marks: ExchangeMarks, received: Received) => Promise<ExchangeOutcome>,
): Promise<ExchangeOutcome> {
  const marks = startMarks(nowUs());
  const received = { any: false, outputBytes: 0 };
  try {
    limit.signal.throwIfAborted();
    return await work(marks, received);
  } catch (error) {
    const endUs = nowUs();
    if (limit.calledOff()) return { state: 'aborted', marks, endUs };
    const failure = error instanceof EndpointFailure ? error : internalFailure(error);
    return { state: 'failed', failure, marks, endUs, outputBytes: received.outputBytes };
  }
}

function deltaBytes({ delta }: StreamEvent): number {
  return typeof delta === 'string' ? Buffer.byteLength(delta) : 0;
}
