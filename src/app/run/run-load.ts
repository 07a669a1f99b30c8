import type { RoundRecord } from '../../result/record.ts';
import { lanesIn } from '../../runner/load/lanes.ts';
import { runArrivals } from '../../runner/load/open-loop.ts';
import { windowsOf } from '../../runner/load/windows.ts';
import { type Round, runRounds, type Schedule, type ScheduleHost } from '../../runner/schedule.ts';
import { arrivalsIn, type RateLoad } from '../options/load.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import { rampWindows } from './ramp.ts';

/** Runs the warm-up rounds of a job, then its measured ones as its load has it. */
export async function runLoad<Arm extends { name: string }>(
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
  const open = { arms, enough, mostOpen: concurrency, seed };
  if (load.ramp) return climb(open, load, options, host);
  const windows = windowsOf(arrivalsIn(load, options), load.windowUs);
  return runArrivals({ ...open, windows }, host);
}

/** Runs a ramp, whose windows depend on the rounds before them. */
function climb<Arm extends { name: string }>(
  open: Omit<Parameters<typeof runArrivals<Arm>>[0], 'windows'>,
  load: RateLoad,
  options: ResolvedOptions,
  host: ScheduleHost<Arm>,
): Promise<Round<Arm>[]> {
  let ended: RoundRecord[] = [];
  const takeRounds = (): RoundRecord[] => {
    const taken = ended;
    ended = [];
    return taken;
  };
  return runArrivals(
    { ...open, windows: rampWindows(load, options, takeRounds) },
    {
      ...host,
      onRound(round) {
        const { index, arrival, sessions } = round;
        const workflows = Object.fromEntries([...sessions].map(([{ name }, each]) => [name, each]));
        ended.push({ index, order: [], workflows, ...(arrival && { arrival }) });
        host.onRound?.(round);
      },
    },
  );
}
