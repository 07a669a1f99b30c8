/**
 * Microseconds on the monotonic clock that every time stamp of ours is read from: the machine's, so that the stamps of
 * several threads lie on one line.
 */
export function nowUs(): number {
  return originUs + performance.now() * 1000;
}

/** A thread's own clock begins with the thread; where that was is read as often as it takes not to be interrupted. */
const originUs = Math.min(
  ...Array.from({ length: 5 }, () => {
    const ownUs = performance.now() * 1000;
    return Number(process.hrtime.bigint()) / 1000 - ownUs;
  }),
);
