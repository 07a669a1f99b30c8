import WebSocket from 'ws';

/** However rarely pings are sent, an answer is waited for no longer than this. */
const MAX_DEADLINE_MS = 10_000;
/**
 * The wait for an answer is cut into so many: each lets the event loop take in what has come, so that a process that
 * stood still doesn't take its own silence for the peer's.
 */
const CHECKS = 10;

/**
 * Pings a WebSocket (RFC 6455, section 5.5.2) and calls `onSilence` when nothing at all has come within the deadline:
 * `intervalMs`, at most 10 s. Ends by itself when the socket closes.
 *
 * @param received bytes that the socket has received so far
 */
export function watchForSilence(
  socket: WebSocket,
  received: () => number,
  intervalMs: number,
  onSilence: () => void,
): void {
  const checkMs = Math.min(intervalMs, MAX_DEADLINE_MS) / CHECKS;
  let receivedAtPing = 0;
  let checksLeft = 0;
  let timer = setTimeout(tick, intervalMs).unref();

  function tick(): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (checksLeft === 0) ping();
    else if (received() !== receivedAtPing) checksLeft = 0;
    else if (--checksLeft === 0) {
      onSilence();
      return;
    }
    timer = setTimeout(tick, checksLeft === 0 ? intervalMs : checkMs).unref();
  }

  function ping(): void {
    // Behind a request that is still being sent it would arrive late; the next one will do.
    if (socket.bufferedAmount > 0) return;
    receivedAtPing = received();
    checksLeft = CHECKS;
    socket.ping();
  }

  socket.once('close', () => {
    clearTimeout(timer);
  });
}
