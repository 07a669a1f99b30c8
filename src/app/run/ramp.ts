import { underLoad } from '../../compare/load/figures.ts';
import { nextRate } from '../../compare/load/knee.ts';
import type { LoadLevel } from '../../result/load/schema.ts';
import type { RoundRecord } from '../../result/record.ts';
import { arrivalsOf } from '../../runner/load/arrivals.ts';
import { steady } from '../../runner/load/stages.ts';
import type { ArrivalWindow } from '../../runner/load/windows.ts';
import type { RateLoad } from '../options/load.ts';
import type { ResolvedOptions } from '../options/resolve.ts';

/** Fewer show no queue that grows. */
const FEWEST_ARRIVALS = 20;
/** No machine of ours begins more. */
const MOST_PER_SECOND = 10_000;

/**
 * Windows of one rate each, long enough for a queue to show, until the knee of every transport is known: which rate comes next depends on what came of those
 * before.
 * @param takeRounds the rounds that ended since it was asked last
 */
export function* rampWindows(
  load: RateLoad,
  { transports, seed }: Pick<ResolvedOptions, 'transports' | 'seed'>,
  takeRounds: () => RoundRecord[],
): Generator<ArrivalWindow> {
  const levels: LoadLevel[] = [];
  const limits = { firstPerSecond: load.stages[0]?.target ?? 1, mostPerSecond: MOST_PER_SECOND };
  let begun = 0;
  for (;;) {
    const perSecond = nextRate(transports, levels, limits);
    if (perSecond === undefined) return;
    const index = levels.length;
    const lastsUs = Math.max(load.windowUs, (FEWEST_ARRIVALS / perSecond) * 1e6);
    const stages = steady(perSecond, lastsUs);
    const arrivals = [...arrivalsOf({ stages, process: load.arrival, seed: seed + index })];
    const first = begun;
    begun += arrivals.length;
    yield {
      index,
      perSecond,
      arrivals: arrivals.map((arrival) => ({ ...arrival, index: first + arrival.index })),
    };
    const rounds = takeRounds();
    const rows = transports.map((name) => [name, underLoad(name, rounds, load.goodWithin)]);
    levels.push({ perSecond, transports: Object.fromEntries(rows) as LoadLevel['transports'] });
  }
}
