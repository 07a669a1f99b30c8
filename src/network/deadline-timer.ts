import { createDeadlineHeap } from '../deadline-heap.ts';
import { nowUs } from '../measure/clock.ts';

/** Something to do at a deadline. */
interface Task {
  /** Never called early; `nowMs` is the time of the call. */
  run(nowMs: number): void;
  /** Once true, `run` isn't called any more. */
  readonly cancelled: boolean;
  /** Worth keeping the event loop turning for the last two milliseconds, so as not to be late. */
  readonly punctual?: boolean;
}

/** Runs any number of tasks, each at its deadline or about a millisecond after it, never before. */
export interface DeadlineTimer {
  set(dueMs: number, task: Task): void;
  /** Some task was cancelled: without tasks, no timer keeps the process alive. */
  tidy(): void;
}

/** Milliseconds on the process clock. */
export function nowMs(): number {
  return nowUs() / 1000;
}

/**
 * One heap and one timer for all. Deadlines are absolute, so lateness doesn't add up; a timer that fires early
 * (Node counts whole milliseconds) finds nothing due and is armed again.
 */
export function createDeadlineTimer(): DeadlineTimer {
  const tasks = createDeadlineHeap<Task>();
  let stop: (() => void) | undefined;
  let armedForMs = Infinity;
  let running = false;

  function onTimer(): void {
    stop = undefined;
    armedForMs = Infinity;
    running = true;
    try {
      const now = nowMs();
      for (let first = tasks.peek(); first && first.dueMs <= now; first = tasks.peek()) {
        tasks.pop();
        if (!first.value.cancelled) first.value.run(nowMs());
      }
    } finally {
      running = false;
      arm();
    }
  }

  function arm(): void {
    // Once is enough for all that running tasks set and cancel.
    if (running) return;
    while (tasks.peek()?.value.cancelled === true) tasks.pop();
    const first = tasks.peek();
    if (first !== undefined && first.dueMs >= armedForMs) return;
    stop?.();
    armedForMs = first?.dueMs ?? Infinity;
    stop = first && startTimer(first.dueMs - nowMs(), first.value.punctual === true, onTimer);
  }

  return {
    set(dueMs, task) {
      tasks.push(dueMs, task);
      arm();
    },
    tidy: arm,
  };
}

const PUNCTUAL_MS = 2;

/** @returns what stops it */
function startTimer(waitMs: number, punctual: boolean, onTimer: () => void): () => void {
  if (punctual && waitMs < PUNCTUAL_MS) {
    const immediate = setImmediate(onTimer);
    return () => {
      clearImmediate(immediate);
    };
  }
  // Node's timers are up to 1 ms late: one that is to be followed by a spin must end before that.
  const timeout = setTimeout(onTimer, Math.max(1, Math.floor(waitMs) - (punctual ? 1 : 0)));
  return () => {
    clearTimeout(timeout);
  };
}
