/** A sender's retransmission time-out, as far as a path without loss needs one: it says what counts as idle. */
export interface TimeoutState {
  /** What the time-out adds to the round-trip time, before it is rounded up. */
  varianceMs: number;
  /** What the variance moves towards. */
  targetMs: number;
  /** When all is acknowledged that had been sent when the variance last moved. */
  roundEndsMs: number;
}

/** The least that Linux adds to the round-trip time: `tcp_rto_min`. */
const MIN_VARIANCE_MS = 200;
/** Linux's clock for time-outs, at 250 Hz. */
const TICK_MS = 4;

/** The time-out of a connection that has just been dialled: its only sample is the handshake. */
export function createTimeout(rttMs: number): TimeoutState {
  const varianceMs = Math.max(MIN_VARIANCE_MS, 2 * rttMs);
  return { varianceMs, targetMs: varianceMs, roundEndsMs: -Infinity };
}

/**
 * Takes an acknowledgement: once per round trip the variance loses a quarter of its excess, but for the first one, which
 * still sees the handshake's (RFC 6298, section 2; `tcp_rtt_estimator`).
 *
 * @param allAckedMs when everything sent so far is acknowledged
 */
export function settleTimeout(timeout: TimeoutState, ackMs: number, allAckedMs: number): void {
  if (ackMs <= timeout.roundEndsMs) return;
  timeout.varianceMs += (timeout.targetMs - timeout.varianceMs) / 4;
  timeout.targetMs = MIN_VARIANCE_MS;
  timeout.roundEndsMs = allAckedMs;
}

/** The time-out in ms. A smoothed round trip is never shorter than the path's, so the next tick ends it. */
export function timeoutMs({ varianceMs }: TimeoutState, rttMs: number): number {
  return (Math.floor((rttMs + varianceMs) / TICK_MS) + 1) * TICK_MS;
}
