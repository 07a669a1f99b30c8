import type { Socket } from 'node:net';
import { nowUs } from '../../measure/clock.ts';
import type { ExchangeMarks } from '../../measure/marks.ts';

type Written = (error?: Error | null) => void;

/**
 * Stamps the moment when the kernel has taken a write, the last one of a request standing. undici tells handlers
 * nothing of it, so the socket's own `write` is wrapped; `current` says whose request is being written.
 */
export function markWritten(socket: Socket, current: () => ExchangeMarks | undefined): void {
  const write = socket.write.bind(socket) as (
    chunk: Uint8Array | string,
    encoding: BufferEncoding | undefined,
    written: Written,
  ) => boolean;

  socket.write = (
    chunk: Uint8Array | string,
    encoding?: BufferEncoding | Written,
    callback?: Written,
  ): boolean => {
    const marks = current();
    const written = typeof encoding === 'function' ? encoding : callback;
    return write(chunk, typeof encoding === 'string' ? encoding : undefined, (error) => {
      if (marks) marks.writeEndUs = nowUs();
      written?.(error);
    });
  };
}
