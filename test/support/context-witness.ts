import type { Transport } from '../../src/transport/transport.ts';

interface Item {
  type?: string;
  call_id?: string;
}

/** Reads along what goes over a session's transports and puts together what the model was given to read in the end. */
export interface ContextWitness {
  /** The same transport, overheard. */
  wrap(transport: Transport): Transport;
  /** Ids of the calls in the context of the last complete answer, that answer included. */
  calls(): string[];
  /** Ids of the calls that this context holds an answer to, one for each answer. */
  answers(): string[];
}

/** A witness of one session. */
export function contextWitness(): ContextWitness {
  const contexts = new Map<string, Item[]>();
  let last: Item[] = [];
  const idsOf = (suffix: string): string[] =>
    last.filter(({ type }) => type?.endsWith(suffix)).map(({ call_id }) => String(call_id));
  return {
    wrap: (transport) => ({
      ...transport,
      async *exchange(request, marks, signal) {
        const input = JSON.parse(JSON.stringify(request.input)) as Item[];
        const before = contexts.get(request.previous_response_id ?? '') ?? [];
        for await (const events of transport.exchange(request, marks, signal)) {
          const completed = events.find(({ type }) => type === 'response.completed');
          if (completed !== undefined) {
            const { id, output } = completed['response'] as { id: string; output: Item[] };
            last = [...before, ...input, ...output];
            contexts.set(id, last);
          }
          yield events;
        }
      },
    }),
    calls: () => idsOf('_call').sort(),
    answers: () => idsOf('_call_output').sort(),
  };
}
