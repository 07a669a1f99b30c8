import type { Writable } from 'node:stream';
import { MAX_WAITING_BYTES } from '../wire/limits.ts';
import type { Pacer, Playback } from './pacer.ts';

/** The place that events are written to, as far as pacing needs to know it. */
export type Channel = Pick<Writable, 'cork' | 'uncork' | 'writableLength'> & {
  once(event: 'drain', listener: () => void): unknown;
};

/**
 * The writing of events to a socket as they fall due, all that are due at once in one go, and no faster than the
 * client reads them.
 *
 * @param dueMs absolute deadlines on the pacer's clock
 * @param write writes the event of that index
 * @param done called once, right after the last event
 */
export function deliver(
  pacer: Pacer,
  socket: Channel,
  dueMs: readonly number[],
  write: (index: number) => void,
  done: () => void,
): Playback {
  const playback = pacer.play(dueMs, (from, to) => {
    let next = from;
    socket.cork();
    while (next < to && socket.writableLength < MAX_WAITING_BYTES) write(next++);
    socket.uncork();
    if (next < to) {
      socket.once('drain', () => {
        playback.resume();
      });
    } else if (next === dueMs.length) {
      done();
    }
    return next;
  });
  return playback;
}
