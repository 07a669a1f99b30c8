/** Microseconds on this thread's monotonic clock: the one that every time stamp of ours is read from. */
export function nowUs(): number {
  return performance.now() * 1000;
}

/**
 * How far this thread's clock is ahead of the machine's monotonic one, in µs: a thread may count from its own start, so what
 * one has timed another reads by the difference of these.
 */
export function clockLeadUs(): number {
  let leadUs = Infinity;
  // Whatever comes between the two readings makes the lead look longer.
  for (let tries = 0; tries < 10; tries++) {
    const machineUs = Number(process.hrtime.bigint()) / 1000;
    leadUs = Math.min(leadUs, nowUs() - machineUs);
  }
  return leadUs;
}
