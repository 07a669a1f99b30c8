import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createIdleCut } from '../idle-cut.ts';
import { type DeadlineTimer, nowMs } from './deadline-timer.ts';
import { createLane } from './link-lane.ts';
import type { LinkSettings } from './link-model.ts';

/** A connection as it looks from behind the link. */
export interface LinkedSocket {
  /** Emits `connect` when the emulated TCP handshake is over. A socket as far as TLS, undici and ws need one. */
  socket: Socket;
  /** When the last of the bytes that have reached the far side of the link did, µs on the process clock; NaN before. */
  deliveredUs(): number;
  /** How much longer than one way what came last from there was under way, µs; NaN before. */
  heldUpUs(): number;
}

/** Linux's largest send buffer by default: a writer that is further ahead has to wait. */
const SEND_BUFFER_BYTES = 4 * 1024 * 1024;
/** What a server says first, while a connection is opened and to its first request: told to the tenth of a millisecond. */
const HANDSHAKE_ARRIVALS = 5;
/** What the link keeps of what the reader hasn't taken before it stops reading. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * A link round an open socket: what is written travels up the link to `raw`, what `raw` receives travels
 * down to the reader; ends and errors take their turn after the data. `destroy` cuts the link at once, too long a silence
 * cuts it so that nobody is told.
 *
 * @param connectMs when the TCP handshake began, from which its round trip counts
 * @param jitter draws from 0 to 1, one for each direction
 */
export function linkSocket(
  raw: Socket,
  connectMs: number,
  settings: LinkSettings,
  timer: DeadlineTimer,
  jitter: { up: () => number; down: () => number },
): LinkedSocket {
  let room: (() => void) | undefined;
  const idleCut = createIdleCut();
  const passes = (): boolean => idleCut(settings.cutIdleMs);

  const up = createLane(settings, timer, jitter.up, (data) => {
    raw.cork();
    for (const buffer of data) raw.write(buffer);
    raw.uncork();
    makeRoom();
    // The raw socket keeps what the kernel doesn't take: the send buffer's limit covers both.
    return true;
  });
  const receive = (data: readonly Buffer[]): boolean => {
    let wanted = true;
    for (const buffer of data) wanted = duplex.push(buffer);
    if (raw.isPaused() && down.queuedBytes() <= RECEIVE_BUFFER_BYTES) raw.resume();
    return wanted;
  };
  const down = createLane(settings, timer, jitter.down, receive, HANDSHAKE_ARRIVALS);
  const hasRoom = (): boolean => up.queuedBytes() + raw.writableLength <= SEND_BUFFER_BYTES;
  /** Lets a writer go on that had to wait. */
  function makeRoom(): void {
    if (room === undefined || !hasRoom()) return;
    const written = room;
    room = undefined;
    written();
  }
  /** The server answers the later the later our timer hands it the request: that isn't the link's delay. */
  const receivedMs = (): number => nowMs() - up.lateMs();

  const duplex = new Duplex({
    allowHalfOpen: false,
    read() {
      down.resume();
    },
    writev(chunks, callback) {
      if (!passes()) {
        callback();
        return;
      }
      up.send(chunks.map(({ chunk }) => chunk as Buffer));
      if (hasRoom()) callback();
      else room = callback;
    },
    final(callback) {
      // Whoever waits for the other side to hear of it waits in vain.
      if (!passes()) return;
      up.finish(() => {
        raw.end(() => {
          callback();
        });
      });
    },
    destroy(error, callback) {
      up.close();
      down.close();
      if (raw.closed) {
        callback(error);
        return;
      }
      raw.once('close', () => {
        callback(error);
      });
      raw.destroy();
    },
  });

  // The end of one direction must not end the other before its data has travelled.
  raw.allowHalfOpen = true;
  raw.on('data', (data: Buffer) => {
    if (!passes()) return;
    down.send([data], receivedMs());
    if (down.queuedBytes() > RECEIVE_BUFFER_BYTES) raw.pause();
  });
  raw.on('drain', makeRoom);
  raw.on('end', () => {
    if (passes()) down.finish(() => duplex.push(null), receivedMs());
  });
  raw.on('error', (error) => {
    if (passes()) down.finish(() => duplex.destroy(error), receivedMs());
  });
  raw.on('close', () => {
    if (!raw.readableEnded && !raw.errored && passes())
      down.finish(() => duplex.destroy(), receivedMs());
  });
  timer.set(connectMs + settings.rttMs, {
    run: () => duplex.emit('connect'),
    // Once per connection, so the short spin is cheap; elsewhere the lateness evens out or is small.
    punctual: true,
    get cancelled() {
      return duplex.destroyed;
    },
  });

  return {
    socket: asSocket(duplex, raw),
    deliveredUs: () => up.arrivedMs() * 1000,
    heldUpUs: () => down.heldUpMs() * 1000,
  };
}

/** Adds what users of sockets call beyond a stream. */
function asSocket(duplex: Duplex, raw: Socket): Socket {
  const methods: Pick<Socket, 'setNoDelay' | 'setKeepAlive' | 'setTimeout' | 'ref' | 'unref'> = {
    setNoDelay(on) {
      raw.setNoDelay(on);
      return socket;
    },
    setKeepAlive(on, delayMs) {
      raw.setKeepAlive(on, delayMs);
      return socket;
    },
    // Nobody's idea of a silent socket but the step's own limit ends a step.
    setTimeout: () => socket,
    ref() {
      raw.ref();
      return socket;
    },
    unref() {
      raw.unref();
      return socket;
    },
  };
  const { remoteAddress, remotePort, remoteFamily } = raw;
  const addresses = { remoteAddress, remotePort, remoteFamily };
  const socket = Object.assign(duplex, methods, addresses) as unknown as Socket;
  return socket;
}
