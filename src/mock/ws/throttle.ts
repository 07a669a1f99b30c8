import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { MAX_WAITING_BYTES } from '../wire/limits.ts';

/**
 * A function that stops to read from a client while it doesn't read what it is sent, or while `isFull`; and that reads
 * on once both are over. To be called whenever either may have changed.
 */
export function createThrottle(
  webSocket: WebSocket,
  socket: Duplex,
  isFull: () => boolean,
): () => void {
  let waitsForDrain = false;
  return function throttle() {
    const lags = socket.writableLength >= MAX_WAITING_BYTES;
    if (lags && !waitsForDrain) {
      waitsForDrain = true;
      socket.once('drain', () => {
        waitsForDrain = false;
        throttle();
      });
    }
    if (lags || isFull()) webSocket.pause();
    else if (webSocket.isPaused) webSocket.resume();
  };
}
