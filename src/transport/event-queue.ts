import type { StreamEvent } from '../protocol/events.ts';

/** Hands events from socket callbacks to one consumer, in order; a failure comes after what preceded it. */
export interface EventQueue {
  push(event: StreamEvent): void;
  /** No more events; with an error the consumer's iteration throws it. Later calls change nothing. */
  end(error?: Error): void;
  /**
   * What is there and what is to come, in batches of what came together; to be called once.
   * @param begin sends the request; waited for when the first event is asked for
   * @param over called once, when nobody reads any more: with the error that ended the queue, if one did
   */
  events(
    begin: () => void | Promise<void>,
    over: (error?: Error) => void,
  ): AsyncIterableIterator<readonly StreamEvent[], void, undefined>;
}

type Result = IteratorResult<readonly StreamEvent[], void>;

/**
 * An empty queue. Its iterator is written out, and hands over at once what came at once: a turn of the microtask queue for
 * each of a hundred events shows in a step of a millisecond.
 */
export function createEventQueue(): EventQueue {
  let pending: StreamEvent[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let tellOver: ((error?: Error) => void) | undefined;

  function finish(error?: Error): void {
    tellOver?.(error);
    tellOver = undefined;
  }

  function wakeReader(): void {
    wake?.();
    wake = undefined;
  }

  function next(): Promise<Result> {
    if (pending.length > 0) {
      const value = pending;
      pending = [];
      return Promise.resolve({ value, done: false });
    }
    if (ended) {
      finish(failure);
      return failure === undefined ? Promise.resolve(nothing) : Promise.reject(failure);
    }
    return new Promise<void>((resolve) => {
      wake = resolve;
    }).then(next);
  }

  return {
    push(event) {
      pending.push(event);
      wakeReader();
    },
    end(error) {
      if (ended) return;
      ended = true;
      failure = error;
      wakeReader();
    },
    events(begin, over) {
      let isBegun = false;
      async function first(): Promise<Result> {
        await begin();
        tellOver = over;
        return next();
      }
      return {
        next() {
          if (isBegun) return next();
          isBegun = true;
          return first();
        },
        return() {
          finish();
          return Promise.resolve(nothing);
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

const nothing: Result = { value: undefined, done: true };
