import { checkThresholds } from '../../compare/gate/threshold-checks.ts';
import type { Threshold } from '../../compare/gate/thresholds.ts';
import { summariseTransport } from '../../result/summarise.ts';
import type { RunHooks } from './measure.ts';

/**
 * The hook that stops a run at the end of the round that shows one of these thresholds crossed; none where no threshold
 * asks for that, since to look takes time.
 */
export function abortOnFail(thresholds: readonly Threshold[]): Pick<RunHooks, 'onRound'> {
  const watched = thresholds.filter((threshold) => threshold.abortOnFail);
  if (watched.length === 0) return {};
  const onRound: RunHooks['onRound'] = (rounds) => {
    const names = Object.keys(rounds[0]?.workflows ?? {});
    const transports = Object.fromEntries(
      names.map((name) => [name, summariseTransport(name, rounds)]),
    );
    const checks = checkThresholds(watched, { transports, rounds: [...rounds] });
    return checks.some(({ verdict }) => verdict === 'crossed') ? 'threshold' : undefined;
  };
  return { onRound };
}
