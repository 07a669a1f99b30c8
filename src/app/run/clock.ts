import { reachedAtUs, totalUs } from '../../runner/load/stages.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import type { RunSize } from './hooks.ts';

/**
 * What the clock says of a run's end; nothing where it sets none, or where what comes next decides, as in a ramp.
 * @param arms what takes turns under a rate, each for the whole load
 */
export function clockOf(
  {
    load,
    stop,
    iterations,
    shard,
  }: Pick<ResolvedOptions, 'load' | 'stop' | 'iterations' | 'shard'>,
  arms: number,
): Pick<RunSize, 'lastsMs' | 'turns'> {
  const maxMs = stop?.maxTimeMs ?? Infinity;
  if (load === undefined) return maxMs === Infinity ? {} : { lastsMs: maxMs };
  if (load.by === 'sessions') return { lastsMs: totalUs(load.stages) / 1000 };
  if (load.ramp) return {};
  const allUs = reachedAtUs(load.stages, iterations * (shard?.count ?? 1)) ?? Infinity;
  const eachUs = Math.min(totalUs(load.stages), allUs);
  return {
    lastsMs: Math.min(maxMs, (eachUs * arms) / 1000),
    turns: Math.ceil(eachUs / load.windowUs) * arms,
  };
}
