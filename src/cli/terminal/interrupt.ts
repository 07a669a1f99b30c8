/** The exit code of a run that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED = 130;
/** SIGHUP: the terminal was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The work under way; a program has one at a time. */
let underWay: AbortController | undefined;

/** A watch from the program's start on: Ctrl-C ends the program at once while no {@link interruptible} work is under way. */
export function watchInterrupts(): void {
  const onSignal = (): void => {
    if (underWay === undefined || underWay.signal.aborted) process.exit(INTERRUPTED);
    underWay.abort(new Error('interrupted'));
  };
  for (const signal of signals) process.on(signal, onSignal);
}

/**
 * The outcome of `work`, which gets a signal that the first Ctrl-C (or SIGTERM, SIGHUP) aborts, so that it can finish
 * what it has; the second ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  underWay = controller;
  try {
    return await work(controller.signal);
  } finally {
    underWay = undefined;
  }
}
