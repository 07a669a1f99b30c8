import { createDeadlineHeap } from '../deadline-heap.ts';

/**
 * Hands over events `from` up to but not including `to`, all of them due.
 * Returns the index it came to: less than `to` if the receiver is full; the stream then rests until `resume`.
 */
type Emit = (from: number, to: number) => number;

/** One stream of events under way. */
export interface Playback {
  /** The receiver has room again. */
  resume(): void;
  /** Nothing more is handed over. */
  stop(): void;
}

/** Plays any number of streams, each event at its own deadline or after it, never before. */
export interface Pacer {
  /** @param dueMs deadlines on the pacer's clock, ascending; those already past are handed over before this returns. */
  play(dueMs: readonly number[], emit: Emit): Playback;
}

interface Stream {
  readonly dueMs: readonly number[];
  readonly emit: Emit;
  next: number;
  state: 'waiting' | 'full' | 'over';
}

/**
 * One heap and one timer for all streams. Deadlines are absolute, so lateness doesn't add up; a timer that
 * fires early (Node truncates delays to whole milliseconds) finds nothing due and is armed again.
 *
 * @param nowMs a monotonic clock
 */
export function createPacer(nowMs: () => number = () => performance.now()): Pacer {
  const waiting = createDeadlineHeap<Stream>();
  let timer: NodeJS.Timeout | undefined;
  let armedForMs = Infinity;

  function advance(stream: Stream): void {
    const { dueMs } = stream;
    const now = nowMs();
    let to = stream.next;
    while (to < dueMs.length && (dueMs[to] ?? 0) <= now) to++;
    if (to > stream.next) stream.next = stream.emit(stream.next, to);
    if (stream.state === 'over') return;
    const next = dueMs[stream.next];
    if (next === undefined) {
      stream.state = 'over';
    } else if (stream.next < to) {
      stream.state = 'full';
    } else {
      stream.state = 'waiting';
      waiting.push(next, stream);
    }
  }

  function onTimer(): void {
    timer = undefined;
    const now = nowMs();
    for (let first = waiting.peek(); first && first.dueMs <= now; first = waiting.peek()) {
      waiting.pop();
      if (first.value.state === 'waiting') advance(first.value);
    }
    arm();
  }

  function arm(): void {
    while (waiting.peek()?.value.state === 'over') waiting.pop();
    const first = waiting.peek();
    if (timer !== undefined) {
      if (first?.dueMs === armedForMs) return;
      clearTimeout(timer);
      timer = undefined;
    }
    if (first === undefined) return;
    armedForMs = first.dueMs;
    timer = setTimeout(onTimer, Math.max(1, Math.floor(first.dueMs - nowMs())));
  }

  return {
    play(dueMs, emit) {
      const stream: Stream = { dueMs, emit, next: 0, state: 'waiting' };
      advance(stream);
      arm();
      return {
        resume() {
          if (stream.state !== 'full') return;
          advance(stream);
          arm();
        },
        stop() {
          stream.state = 'over';
          arm();
        },
      };
    },
  };
}
