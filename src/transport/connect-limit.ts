import { nowUs } from '../measure/clock.ts';

/** The time that opening a connection has. */
export interface ConnectLimit {
  /** Aborts when the time is up, or with the signal that it was made from. */
  signal: AbortSignal;
  /** Stops the clock while the opening waits for ourselves; what it returns lets the clock go on. */
  readonly pause: () => () => void;
  /** To be called when the connection is there, or isn't to come. */
  release(): void;
}

/** Starts the time for opening a connection; `timedOut` is asked for the reason when it is up. */
export function limitConnect(
  timeoutMs: number,
  signal: AbortSignal,
  timedOut: () => Error,
): ConnectLimit {
  const limit = new AbortController();
  let dueUs = nowUs() + timeoutMs * 1000;
  const onDue = (): void => {
    limit.abort(timedOut());
  };
  const onAbort = (): void => {
    limit.abort(signal.reason);
  };
  let timer = setTimeout(onDue, timeoutMs).unref();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  return {
    signal: limit.signal,
    pause() {
      const leftMs = (dueUs - nowUs()) / 1000;
      clearTimeout(timer);
      return () => {
        dueUs = nowUs() + leftMs * 1000;
        timer = setTimeout(onDue, Math.ceil(leftMs)).unref();
      };
    },
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
