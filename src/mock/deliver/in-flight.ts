/** A count of what is being served, so that a server can end when nothing is. */
export interface InFlight {
  /** One more; the function that it returns says that it is over, and may be called more than once. */
  begin(): () => void;
  readonly count: () => number;
  /** Resolves once there is nothing under way, at once if so. */
  idle(): Promise<void>;
}

/** A counter at zero. */
export function createInFlight(): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      count++;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        if (--count > 0) return;
        for (const wake of waiting) wake();
        waiting = [];
      };
    },
    count: () => count,
    idle() {
      if (count === 0) return Promise.resolve();
      return new Promise((wake) => waiting.push(wake));
    },
  };
}
