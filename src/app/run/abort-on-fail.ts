import { checkThresholds } from '../../compare/gate/threshold-checks.ts';
import type { Threshold } from '../../compare/gate/thresholds.ts';
import type { RoundRecord } from '../../result/record.ts';
import { summariseTransport } from '../../result/summarise.ts';
import type { RunHooks } from './hooks.ts';

/**
 * The hook that stops one run at the end of the round that shows one of these thresholds crossed, by the candidate where
 * two endpoints are interleaved; none where no threshold asks for that, since to look takes time.
 */
export function abortOnFail(thresholds: readonly Threshold[]): Pick<RunHooks, 'onRound'> {
  const watched = thresholds.filter((threshold) => threshold.abortOnFail);
  if (watched.length === 0) return {};
  const rounds: RoundRecord[] = [];
  return {
    onRound({ side, round }) {
      if (side === 'base') return undefined;
      rounds.push(round);
      const names = Object.keys(round.workflows);
      const transports = Object.fromEntries(
        names.map((name) => [name, summariseTransport(name, rounds)]),
      );
      const checks = checkThresholds(watched, { transports, rounds });
      return checks.some(({ verdict }) => verdict === 'crossed') ? 'threshold' : undefined;
    },
  };
}
