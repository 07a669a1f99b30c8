import type { Socket } from 'node:net';

/** How long a peer gets to answer our close before the socket is torn down. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Ends a connection and waits until it is closed, so that its byte counts are final: what the peer still
 * has to say (a TLS close_notify, say) is read and counted.
 */
export function closeSocket(socket: Socket): Promise<void> {
  // Destroyed, it reads no more. And it may be on the point of saying so: a TLS socket whose carrier is gone emits
  // `close` from within `destroy`, so that who asks in a listener of that event would wait for ever.
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
    socket.resume();
  });
}
