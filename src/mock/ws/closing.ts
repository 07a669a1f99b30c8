import type { Lanes } from './lanes.ts';

/** The end of a connection that may still have responses under way. */
export interface Closing {
  hasBegun(): boolean;
  /** Starts nothing new, and calls back once nothing is under way; only the first call counts. */
  readonly whenIdle: (close: () => void) => void;
  /** The connection breaks off here: what waits on it is not served any more. */
  readonly breakOff: () => void;
  /** To be called when a response is over. */
  check(): void;
}

/** A connection that isn't closing yet. */
export function createClosing(lanes: Pick<Lanes<unknown>, 'active' | 'clear'>): Closing {
  let state: 'open' | 'closing' | 'over' = 'open';
  let callback: (() => void) | undefined;

  function check(): void {
    if (state !== 'closing' || lanes.active() > 0) return;
    state = 'over';
    callback?.();
  }

  return {
    hasBegun: () => state !== 'open',
    whenIdle(close) {
      if (state !== 'open') return;
      state = 'closing';
      callback = close;
      lanes.clear();
      check();
    },
    breakOff() {
      state = 'over';
      lanes.clear();
    },
    check,
  };
}
