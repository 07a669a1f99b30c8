import { createTimeout, settleTimeout, type TimeoutState, timeoutMs } from './link-timeout.ts';

/** The settings of an emulated link; the receive window and slow start are those of TCP. */
export interface LinkSettings {
  /** Round-trip time, half of it each way. */
  readonly rttMs: number;
  /** Of one connection and direction; `null` for no limit. */
  readonly bandwidthBitsPerSecond: number | null;
  /** Every chunk is late by something between 0 and this, drawn from the seed; chunks never overtake. */
  readonly jitterMs: number;
  /** `false`: data leaves as soon as it is written, however much. */
  readonly slowStart: boolean;
  /** `false`: pauses cost no window, as where `tcp_slow_start_after_idle` is 0. Absent: they do. */
  readonly idleRestart?: false | undefined;
  /** What the receiver takes before it opens its window, which it does once. */
  readonly receiveWindowBytes: number;
  /** A connection that carries nothing for so long is cut, and neither side is told; absent: none is. */
  readonly cutIdleMs?: number | undefined;
}

/** Bytes that arrive together. */
export interface Chunk {
  bytes: number;
  /** When they reach the far side. */
  dueMs: number;
}

/** One direction of one connection. Times are on the caller's clock. */
export interface PathState {
  cwndBytes: number;
  inflightBytes: number;
  /** The most in flight since nothing was. */
  peakInflightBytes: number;
  /** Acknowledgements on their way back, in order. */
  acks: Ack[];
  /** Until when what is sent keeps the congestion window full, as it lately held data back. */
  fullUntilMs: number;
  lastSentMs: number;
  lastDueMs: number;
  /** When the line has taken everything sent so far. */
  lineFreeMs: number;
  receiveWindowOpensMs: number;
  timeout: TimeoutState;
}

interface Ack {
  atMs: number;
  bytes: number;
  /** The bytes were sent into a full congestion window. */
  windowFull: boolean;
}

/** Payload of a full segment on Ethernet, with TCP time stamps. */
export const MSS_BYTES = 1448;
/** RFC 6928. */
export const INITIAL_WINDOW_BYTES = 10 * MSS_BYTES;
/** With limited bandwidth, no chunk keeps the line busy for longer. */
const MAX_CHUNK_MS = 1;

/** A path on which nothing has been sent. */
export function createPath(settings: LinkSettings): PathState {
  return {
    cwndBytes: INITIAL_WINDOW_BYTES,
    inflightBytes: 0,
    peakInflightBytes: 0,
    acks: [],
    fullUntilMs: -Infinity,
    lastSentMs: -Infinity,
    lastDueMs: -Infinity,
    lineFreeMs: -Infinity,
    receiveWindowOpensMs: settings.slowStart ? Infinity : -Infinity,
    timeout: createTimeout(settings.rttMs),
  };
}

/**
 * Takes bytes to send and says when they arrive, all of them: nothing that comes later can hold them back, so
 * the whole exchange of data and acknowledgements is played ahead.
 *
 * A TCP sender without loss, by Linux's rules:
 * - The window begins at ten segments (RFC 6928) and grows by all that is acknowledged (RFC 5681, section 3.1).
 * - It grows only while it is used (RFC 7661; `tcp_is_cwnd_limited`): to twice the most that was in flight, and by all
 *   that was sent within a round trip after it held data back. For acknowledgements come one by one, and what each of
 *   them lets go fills the window again.
 * - Every whole time-out of idleness halves it, never below ten segments (RFC 2861; `tcp_cwnd_restart`).
 * - The first time the receive window is what holds data back, it opens for good one round trip later
 *   (`tcp_rcv_space_adjust`, in its most frequent mode).
 *
 * @param jitter draws from 0 to 1
 */
export function offer(
  path: PathState,
  settings: LinkSettings,
  nowMs: number,
  bytes: number,
  jitter: () => number,
): Chunk[] {
  const chunks: Chunk[] = [];
  let left = bytes;
  let atMs = Math.max(nowMs, path.lastSentMs);
  while (left > 0) {
    settleAcks(path, settings, atMs);
    if (path.inflightBytes === 0) resume(path, settings, atMs);
    const now = Math.min(sendable(path, settings, atMs, left), chunkLimit(settings));
    if (now > 0) {
      chunks.push(transmit(path, settings, atMs, now, jitter()));
      left -= now;
    } else {
      if (path.cwndBytes <= receiveWindow(path, settings, atMs)) {
        path.fullUntilMs = lastAckMs(path, settings);
      }
      // Nothing moves before the next acknowledgement; there is one, or the window would be open.
      atMs = path.acks[0]?.atMs ?? atMs;
    }
  }
  return chunks;
}

/** When something without bytes, such as the end of the stream, arrives if it is sent now: after all data. */
export function arrivalMs(path: PathState, settings: LinkSettings, nowMs: number): number {
  return Math.max(path.lastDueMs, nowMs + settings.rttMs / 2);
}

function settleAcks(path: PathState, settings: LinkSettings, atMs: number): void {
  let ack = path.acks[0];
  while (ack !== undefined && ack.atMs <= atMs) {
    path.inflightBytes -= ack.bytes;
    growWindow(path, ack);
    settleTimeout(path.timeout, ack.atMs, lastAckMs(path, settings));
    path.acks.shift();
    ack = path.acks[0];
  }
}

function growWindow(path: PathState, { bytes, windowFull }: Ack): void {
  const limit = windowFull ? Infinity : 2 * wholeSegments(path.peakInflightBytes);
  if (path.cwndBytes < limit) path.cwndBytes = Math.min(path.cwndBytes + bytes, limit);
}

/** When everything sent so far is acknowledged. */
function lastAckMs(path: PathState, { rttMs }: LinkSettings): number {
  return path.lastDueMs + rttMs / 2;
}

/** Sending begins anew with nothing in flight: idleness has cost window. */
function resume(path: PathState, { rttMs, idleRestart }: LinkSettings, atMs: number): void {
  path.peakInflightBytes = 0;
  if (idleRestart === false) return;
  const timeouts = Math.floor((atMs - path.lastSentMs) / timeoutMs(path.timeout, rttMs));
  path.cwndBytes = Math.max(INITIAL_WINDOW_BYTES, path.cwndBytes / 2 ** timeouts);
}

/** As many whole segments as the windows have room for, or all that is left. */
function sendable(path: PathState, settings: LinkSettings, atMs: number, left: number): number {
  if (!settings.slowStart) return left;
  const windowBytes = receiveWindow(path, settings, atMs);
  const room = Math.min(path.cwndBytes, windowBytes) - path.inflightBytes;
  if (left <= room) return left;
  if (windowBytes < path.cwndBytes && path.receiveWindowOpensMs === Infinity) {
    path.receiveWindowOpensMs = atMs + settings.rttMs;
  }
  return Math.floor(room / MSS_BYTES) * MSS_BYTES;
}

function receiveWindow(path: PathState, settings: LinkSettings, atMs: number): number {
  return atMs >= path.receiveWindowOpensMs ? Infinity : settings.receiveWindowBytes;
}

function chunkLimit({ bandwidthBitsPerSecond: bandwidth }: LinkSettings): number {
  if (bandwidth === null) return Infinity;
  return Math.max(MSS_BYTES, wholeSegments((bandwidth / 8000) * MAX_CHUNK_MS));
}

function transmit(
  path: PathState,
  settings: LinkSettings,
  atMs: number,
  bytes: number,
  jitter: number,
): Chunk {
  const { rttMs, bandwidthBitsPerSecond: bandwidth, jitterMs } = settings;
  const lineMs = bandwidth === null ? 0 : (bytes * 8000) / bandwidth;
  path.lineFreeMs = Math.max(atMs, path.lineFreeMs) + lineMs;
  const dueMs = Math.max(path.lastDueMs, path.lineFreeMs + rttMs / 2 + jitter * jitterMs);
  path.lastSentMs = atMs;
  path.lastDueMs = dueMs;
  path.acks.push({
    atMs: lastAckMs(path, settings),
    bytes,
    windowFull: atMs <= path.fullUntilMs,
  });
  path.inflightBytes += bytes;
  path.peakInflightBytes = Math.max(path.peakInflightBytes, path.inflightBytes);
  return { bytes, dueMs };
}

function wholeSegments(bytes: number): number {
  return Math.ceil(bytes / MSS_BYTES) * MSS_BYTES;
}
