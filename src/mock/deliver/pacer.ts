import { createDeadlineHeap } from '../../deadline-heap.ts';

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
 * One heap and one alarm for all streams. Deadlines are absolute, so lateness doesn't add up.
 *
 * Node's timers count whole milliseconds and may fire early, so they only bridge the time until the next deadline
 * is near. The rest is slept in naps, each followed by a look at what came in meanwhile: that keeps events within a
 * fraction of a millisecond of their deadlines without spinning, and holds up other work by no more than a nap. Where
 * deadlines are dense, all that fall into a nap are handed over together.
 *
 * @param nowMs a monotonic clock
 * @param onHandedOver told of every event how long after its deadline it was out of our hands
 */
export function createPacer(
  nowMs: () => number = () => performance.now(),
  onHandedOver: (lateMs: number) => void = () => undefined,
): Pacer {
  const waiting = createDeadlineHeap<Stream>();
  let alarm: Alarm | undefined;

  function advance(stream: Stream): void {
    const { dueMs } = stream;
    const now = nowMs();
    let to = stream.next;
    while (to < dueMs.length && (dueMs[to] ?? 0) <= now) to++;
    if (to > stream.next) {
      const from = stream.next;
      stream.next = stream.emit(from, to);
      const doneMs = nowMs();
      for (let index = from; index < stream.next; index++)
        onHandedOver(doneMs - (dueMs[index] ?? 0));
    }
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

  function wake(): void {
    alarm = undefined;
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
    if (first?.dueMs === alarm?.dueMs) return;
    alarm?.cancel();
    alarm = first && setAlarm(first.dueMs, nowMs, wake);
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

/** A wake-up at that time, a little before or after it. */
interface Alarm {
  readonly dueMs: number;
  cancel(): void;
}

function setAlarm(dueMs: number, nowMs: () => number, wake: () => void): Alarm {
  const leftMs = dueMs - nowMs();
  if (leftMs >= NEAR_MS) {
    const timer = setTimeout(wake, Math.floor(leftMs) - 1);
    return {
      dueMs,
      cancel() {
        clearTimeout(timer);
      },
    };
  }
  const immediate = setImmediate(() => {
    if (dueMs > nowMs()) Atomics.wait(nobodyWakes, 0, 0, NAP_MS);
    wake();
  });
  return {
    dueMs,
    cancel() {
      clearImmediate(immediate);
    },
  };
}

/** From here on a timer, which is up to 1 ms off either way, would be too coarse. */
const NEAR_MS = 2;
const NAP_MS = 0.25;
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
