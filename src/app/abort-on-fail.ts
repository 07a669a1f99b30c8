import { checkThresholds } from '../compare/threshold-checks.ts';
import type { Threshold } from '../compare/thresholds.ts';
import { summariseTransport } from '../result/summarise.ts';
import type { RunHooks } from './measure.ts';

/** Stops a run at the end of the round that shows one of these thresholds crossed, where it asks for that. */
export function abortOnFail(thresholds: readonly Threshold[]): NonNullable<RunHooks['onRound']> {
  const watched = thresholds.filter((threshold) => threshold.abortOnFail);
  return (rounds) => {
    if (watched.length === 0) return undefined;
    const names = Object.keys(rounds[0]?.workflows ?? {});
    const transports = Object.fromEntries(
      names.map((name) => [name, summariseTransport(name, rounds)]),
    );
    const checks = checkThresholds(watched, { transports, rounds: [...rounds] });
    return checks.some(({ verdict }) => verdict === 'crossed') ? 'threshold' : undefined;
  };
}
