import type { Socket } from 'node:net';
import { DialError, type DialPhase } from './dial-error.ts';

/** The socket once it has emitted `event`; every other end destroys both layers and throws. */
export function settled<T extends Socket>(
  phase: DialPhase,
  socket: T,
  raw: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolvePromise, reject) => {
    const release = (): void => {
      socket.off(event, onOpen).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      release();
      tearDown(socket, raw);
      reject(error);
    };
    const onOpen = (): void => {
      release();
      resolvePromise(socket);
    };
    const onError = (error: Error): void => {
      fail(new DialError(phase, error));
    };
    const onClose = (): void => {
      fail(new DialError(phase, new Error('the peer closed the connection')));
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
    };
    socket.on(event, onOpen).on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort);
  });
}

/** Destroys both layers: either may still report an error on its way down, and nobody else listens any more. */
export function tearDown(socket: Socket, raw: Socket): void {
  socket.on('error', ignore).destroy();
  raw.on('error', ignore).destroy();
}

function ignore(): void {
  // Already reported.
}
