import type { WebSocket } from 'ws';

/**
 * Pings a client from its opening on. One that is gone without a word, or that doesn't read for that long, is let go
 * at the next ping.
 */
export function keepPinging(webSocket: WebSocket, intervalMs: number): void {
  let isSilent = false;
  /** What waited for the client when it was last found not to read. */
  let waitingBytes = 0;

  function ping(): void {
    const { bufferedAmount, isPaused } = webSocket;
    const isStuck = bufferedAmount > 0 && bufferedAmount === waitingBytes;
    waitingBytes = bufferedAmount;
    if (isPaused ? isStuck : isSilent) {
      webSocket.terminate();
    } else if (!isPaused) {
      isSilent = true;
      webSocket.ping();
    }
  }

  const timer = setInterval(ping, intervalMs).unref();
  webSocket.on('pong', () => {
    isSilent = false;
  });
  webSocket.on('close', () => {
    clearInterval(timer);
  });
}
