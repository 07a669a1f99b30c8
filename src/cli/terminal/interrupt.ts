/** Exit code of a process that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED = 130;

/**
 * Runs `work` with a signal that the first Ctrl-C (or SIGTERM) aborts, so that it can finish what it has;
 * the second ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
