import type { StreamEvent } from '../protocol/events.ts';

/** Hands events from socket callbacks to one consumer, in order; a failure comes after what preceded it. */
export interface EventQueue {
  push(event: StreamEvent): void;
  /** No more events; with an error the consumer's iteration throws it. Later calls change nothing. */
  end(error?: Error): void;
  /** What is there and what is to come; to be called once. */
  drain(): AsyncIterableIterator<StreamEvent, void, undefined>;
}

/**
 * An empty queue. Its iterator is written out: a generator hands an event over in several turns of the microtask
 * queue, and steps of a hundred events and a millisecond show it.
 */
export function createEventQueue(): EventQueue {
  let pending: StreamEvent[] = [];
  let taken = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function wakeConsumer(): void {
    wake?.();
    wake = undefined;
  }

  function next(): Promise<IteratorResult<StreamEvent, void>> {
    const event = pending[taken];
    if (event !== undefined) {
      taken++;
      return Promise.resolve({ value: event, done: false });
    }
    pending = [];
    taken = 0;
    if (failure !== undefined) return Promise.reject(failure);
    if (ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise<void>((resolve) => {
      wake = resolve;
    }).then(next);
  }

  return {
    push(event) {
      pending.push(event);
      wakeConsumer();
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      wakeConsumer();
    },
    drain() {
      return {
        next,
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}
