import type { StreamEvent } from '../protocol/events.ts';

/** Hands events from socket callbacks to one consumer, in order; a failure comes after what preceded it. */
export interface EventQueue {
  push(event: StreamEvent): void;
  /** No more events; with an error the consumer's iteration throws it. Later calls change nothing. */
  end(error?: Error): void;
  drain(): AsyncGenerator<StreamEvent, void, undefined>;
}

/** An empty queue. */
export function createEventQueue(): EventQueue {
  let pending: StreamEvent[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  return {
    push(event) {
      pending.push(event);
      wake?.();
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      wake?.();
    },
    async *drain() {
      for (;;) {
        const batch = pending;
        pending = [];
        yield* batch;
        if (pending.length > 0) continue;
        if (ended) {
          if (failure !== undefined) throw failure;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    },
  };
}
