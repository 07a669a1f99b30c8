import { nowUs } from '../../src/measure/clock.ts';
import { type ExchangeMarks, startMarks } from '../../src/measure/marks.ts';
import type { StreamEvent } from '../../src/protocol/events.ts';
import type { Endpoint, Transport } from '../../src/transport/transport.ts';

/** What came of one exchange. */
export interface Exchanged {
  events: StreamEvent[];
  /** What the transport threw, if it did. */
  error: unknown;
  marks: ExchangeMarks;
}

/** Sends a request that says nothing and collects all that comes back. */
export async function exchangeOnce(
  transport: Transport,
  signal: AbortSignal = new AbortController().signal,
  previousId?: string,
): Promise<Exchanged> {
  const marks = startMarks(nowUs());
  const events: StreamEvent[] = [];
  try {
    const request = {
      ...{ model: 'm', input: [] },
      ...(previousId !== undefined && { previous_response_id: previousId }),
    };
    for await (const batch of transport.exchange(request, marks, signal)) events.push(...batch);
    return { events, error: undefined, marks };
  } catch (error) {
    return { events, error, marks };
  }
}

/** A plain endpoint on a port of the loopback. */
export function endpointAt(port: number): Endpoint {
  return { baseUrl: new URL(`http://127.0.0.1:${String(port)}/v1`), headers: {}, insecure: false };
}

/** The events of a small answer, in their order. */
export const answer: readonly StreamEvent[] = [
  { type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } },
  { type: 'response.output_text.delta', sequence_number: 1, delta: 'Grüße, 世界 🌍' },
  { type: 'vendor.keepalive' },
  { type: 'response.output_text.delta', sequence_number: 2, delta: 'line\u2028separator' },
  {
    type: 'response.completed',
    sequence_number: 3,
    response: { id: 'resp_1', output: [], usage: null },
  },
];
