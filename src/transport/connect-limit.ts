import { nowUs } from '../measure/clock.ts';

/** The time that opening a connection has. */
export interface ConnectLimit {
  /** Aborts when the time is up, or with the signal that it was made from. */
  signal: AbortSignal;
  /** Adds time that the opening spent waiting for ourselves. */
  readonly extend: (byUs: number) => void;
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
    extend(byUs) {
      dueUs += byUs;
      clearTimeout(timer);
      timer = setTimeout(onDue, Math.ceil((dueUs - nowUs()) / 1000)).unref();
    },
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
