import { lanesIn } from '../../runner/load/lanes.ts';
import { runArrivals } from '../../runner/load/open-loop.ts';
import { windowsOf } from '../../runner/load/windows.ts';
import { type Round, runRounds, type Schedule, type ScheduleHost } from '../../runner/schedule.ts';
import { arrivalsIn } from '../options/load.ts';
import type { ResolvedOptions } from '../options/resolve.ts';

/** Runs the warm-up rounds of a job, then its measured ones as its load has it. */
export async function runLoad<Arm>(
  arms: readonly Arm[],
  options: ResolvedOptions,
  enough: () => boolean,
  host: ScheduleHost<Arm>,
): Promise<Round<Arm>[]> {
  const { load, iterations: rounds, warmup: warmupRounds, concurrency, seed, shard } = options;
  const schedule: Schedule<Arm> = { arms, rounds, enough, warmupRounds, concurrency, seed, shard };
  if (load === undefined) return runRounds(schedule, host);
  if (load.by === 'sessions') {
    return runRounds({ ...schedule, mayBegin: lanesIn(load.stages, host.signal) }, host);
  }
  await runRounds({ ...schedule, rounds: 0 }, host);
  const windows = windowsOf(arrivalsIn(load, options), load.windowUs);
  return runArrivals({ arms, windows, enough, mostOpen: concurrency, seed }, host);
}
