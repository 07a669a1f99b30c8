/** Microseconds on this process's monotonic clock: the one that every time stamp of ours is read from. */
export function nowUs(): number {
  return performance.now() * 1000;
}
