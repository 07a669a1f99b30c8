import { reachedAtUs, totalUs } from '../../runner/load/stages.ts';
import type { ResolvedOptions } from '../options/resolve.ts';

/**
 * How long a run's clock lets measured rounds begin, in ms; undefined where it sets no end.
 * @param arms what takes turns under a rate, each for the whole load
 */
export function lastsMsOf(
  {
    load,
    stop,
    iterations,
    shard,
  }: Pick<ResolvedOptions, 'load' | 'stop' | 'iterations' | 'shard'>,
  arms: number,
): number | undefined {
  const ends = [stop?.maxTimeMs ?? Infinity];
  if (load?.by === 'sessions') ends.push(totalUs(load.stages) / 1000);
  if (load?.by === 'rate' && !load.ramp) {
    const allUs = reachedAtUs(load.stages, iterations * (shard?.count ?? 1)) ?? Infinity;
    ends.push((Math.min(totalUs(load.stages), allUs) * arms) / 1000);
  }
  const lastsMs = Math.min(...ends);
  return Number.isFinite(lastsMs) ? lastsMs : undefined;
}
