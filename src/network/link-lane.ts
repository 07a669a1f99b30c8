import { type DeadlineTimer, nowMs } from './deadline-timer.ts';
import { arrivalMs, type Chunk, createPath, type LinkSettings, offer } from './link-model.ts';

/** One direction of one connection: takes bytes, hands them over on the far side when they are due. */
export interface Lane {
  /** Sends data; `sentMs` says when, by default now. */
  send(data: readonly Buffer[], sentMs?: number): void;
  /** Sends what follows the data sent so far: an end, an error. `arrived` is called on the far side. */
  finish(arrived: () => void, sentMs?: number): void;
  /** The receiver has room again. */
  resume(): void;
  /** Drops everything under way. */
  close(): void;
  /** Bytes under way. */
  queuedBytes(): number;
  /** When the last byte that has arrived was due; NaN if there was none. */
  arrivedMs(): number;
  /** How much longer than one way the last byte that has arrived was under way, by what went before it and by TCP's windows; NaN if there was none. */
  heldUpMs(): number;
  /** How long after it was due the last of what has arrived was handed over. */
  lateMs(): number;
}

/** Takes what has arrived. Returns whether there is room for more; if not, the lane rests until `resume`. */
export type Receive = (data: readonly Buffer[]) => boolean;

/** Bytes, or something without bytes that takes its turn among them. */
interface Parcel extends Chunk {
  sentMs: number;
  arrived?: () => void;
}

/**
 * An empty lane.
 *
 * @param jitter draws from 0 to 1
 * @param punctualParcels how many of the first arrivals are worth a spin of up to a millisecond not to be late
 */
export function createLane(
  settings: LinkSettings,
  timer: DeadlineTimer,
  jitter: () => number,
  receive: Receive,
  punctualParcels = 0,
): Lane {
  const path = createPath(settings);
  const parcels: Parcel[] = [];
  const buffers: Buffer[] = [];
  let queuedBytes = 0;
  let arrivedMs = NaN;
  let heldUpMs = NaN;
  let lateMs = 0;
  let state: 'idle' | 'waiting' | 'full' = 'idle';
  let arrivals = 0;
  const task = {
    cancelled: false,
    run: onDeadline,
    get punctual() {
      return arrivals < punctualParcels;
    },
  };

  function onDeadline(now: number): void {
    state = 'idle';
    advance(now);
  }

  /** Hands over what is due and waits for the rest. */
  function advance(now: number): void {
    for (let first = parcels[0]; first && state === 'idle'; first = parcels[0]) {
      if (first.dueMs > now) {
        state = 'waiting';
        timer.set(first.dueMs, task);
      } else if (first.arrived) {
        parcels.shift();
        lateMs = now - first.dueMs;
        first.arrived();
      } else {
        const due = takeDue(parcels, now);
        arrivedMs = due.dueMs;
        heldUpMs = Math.max(0, due.dueMs - due.sentMs - settings.rttMs / 2);
        lateMs = now - due.dueMs;
        arrivals++;
        queuedBytes -= due.bytes;
        if (!receive(takeBytes(buffers, due.bytes))) state = 'full';
      }
    }
  }

  return {
    send(data, sentMs = nowMs()) {
      if (task.cancelled) return;
      let bytes = 0;
      for (const buffer of data) {
        bytes += buffer.byteLength;
        if (buffer.byteLength > 0) buffers.push(buffer);
      }
      queuedBytes += bytes;
      for (const chunk of offer(path, settings, sentMs, bytes, jitter)) {
        parcels.push(Object.assign(chunk, { sentMs }));
      }
      if (state === 'idle') advance(nowMs());
    },
    finish(arrived, sentMs = nowMs()) {
      if (task.cancelled) return;
      parcels.push({ bytes: 0, sentMs, dueMs: arrivalMs(path, settings, sentMs), arrived });
      if (state === 'idle') advance(nowMs());
    },
    resume() {
      if (state !== 'full') return;
      state = 'idle';
      advance(nowMs());
    },
    close() {
      task.cancelled = true;
      parcels.length = 0;
      buffers.length = 0;
      queuedBytes = 0;
      timer.tidy();
    },
    queuedBytes: () => queuedBytes,
    arrivedMs: () => arrivedMs,
    heldUpMs: () => heldUpMs,
    lateMs: () => lateMs,
  };
}

/** Removes the data that is due, up to the first parcel of another kind; all of it as one chunk. */
function takeDue(parcels: Parcel[], now: number): Parcel {
  const due = { bytes: 0, sentMs: NaN, dueMs: NaN };
  for (let first = parcels[0]; first && !first.arrived && first.dueMs <= now; first = parcels[0]) {
    due.bytes += first.bytes;
    due.dueMs = first.dueMs;
    due.sentMs = first.sentMs;
    parcels.shift();
  }
  return due;
}

function takeBytes(buffers: Buffer[], bytes: number): Buffer[] {
  const taken: Buffer[] = [];
  let left = bytes;
  for (let first = buffers[0]; first && left > 0; first = buffers[0]) {
    if (first.byteLength <= left) {
      taken.push(first);
      buffers.shift();
    } else {
      taken.push(first.subarray(0, left));
      buffers[0] = first.subarray(left);
    }
    left -= first.byteLength;
  }
  return taken;
}
