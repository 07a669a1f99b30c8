/** Requests of one connection: one after another within a lane, side by side across lanes. */
export interface Lanes<Job> {
  /** Queues a job; false if the lane would be one too many. Without a name it is the default lane. */
  add(lane: string | undefined, job: Job): boolean;
  /** Takes the next job that may start now, if there is one; its lane is busy until {@link finish}. */
  start(): { lane: string | undefined; job: Job } | undefined;
  finish(lane: string | undefined): void;
  /** Drops what has not started. */
  clear(): void;
  queued(): number;
  active(): number;
}

interface Lane<Job> {
  readonly name: string | undefined;
  readonly queue: Job[];
  busy: boolean;
}

/** @param maxNamed distinct names that a connection may use in its whole life; the default lane doesn't count */
export function createLanes<Job>({
  maxActive,
  maxNamed,
}: {
  maxActive: number;
  maxNamed: number;
}): Lanes<Job> {
  const lanes = new Map<string | undefined, Lane<Job>>();
  lanes.set(undefined, { name: undefined, queue: [], busy: false });
  /** Lanes with a job to start, in the order in which they came to have one. */
  let ready: Lane<Job>[] = [];
  let active = 0;
  let queued = 0;

  return {
    add(name, job) {
      let lane = lanes.get(name);
      if (lane === undefined) {
        if (lanes.size > maxNamed) return false;
        lane = { name, queue: [], busy: false };
        lanes.set(name, lane);
      }
      lane.queue.push(job);
      queued++;
      if (!lane.busy && lane.queue.length === 1) ready.push(lane);
      return true;
    },
    start() {
      if (active >= maxActive) return undefined;
      const lane = ready.shift();
      const job = lane?.queue.shift();
      if (lane === undefined || job === undefined) return undefined;
      lane.busy = true;
      active++;
      queued--;
      return { lane: lane.name, job };
    },
    finish(name) {
      const lane = lanes.get(name);
      if (lane?.busy !== true) return;
      lane.busy = false;
      active--;
      if (lane.queue.length > 0) ready.push(lane);
    },
    clear() {
      for (const lane of lanes.values()) lane.queue.length = 0;
      ready = [];
      queued = 0;
    },
    queued: () => queued,
    active: () => active,
  };
}
