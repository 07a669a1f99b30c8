import { createDeadlineHeap } from '../../deadline-heap.ts';

/** A bounded number of places where the model works, taken in the order in which requests arrive. */
export interface DecodeSlots {
  /**
   * Takes the first place that falls free, as soon as the request is ready for it.
   * @param readyMs when the work before is done, on the caller's clock
   * @param busyMs how long the place is taken
   * @returns when it is taken: `readyMs`, or later where all are busy
   */
  take(readyMs: number, busyMs: number): number;
}

/**
 * A queue in reckoned time: how long each request keeps its place is known beforehand, hence also when the next one
 * gets it. A client that goes away doesn't give its place back sooner.
 *
 * @param count null for no limit
 */
export function createDecodeSlots(count: number | null): DecodeSlots {
  if (count === null) return { take: (readyMs) => readyMs };
  const freeAtMs = createDeadlineHeap<undefined>();
  let taken = 0;
  return {
    take(readyMs, busyMs) {
      let freeMs = -Infinity;
      if (taken < count) {
        taken++;
      } else {
        freeMs = freeAtMs.peek()?.dueMs ?? freeMs;
        freeAtMs.pop();
      }
      const startMs = Math.max(readyMs, freeMs);
      freeAtMs.push(startMs + busyMs, undefined);
      return startMs;
    },
  };
}
