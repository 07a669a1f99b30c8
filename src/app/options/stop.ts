import { UsageError } from '../../errors.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { roundSettings } from './settings/rounds.ts';

/** The number of rounds, and what ends them sooner. */
export interface StopOptions {
  /** Measured rounds: each runs every transport once; with `until`, at least so many. @default 10, with `until` 6 */
  iterations?: number;
  /**
   * Rounds go on until the 95 % interval of every candidate's `workflow_e2e` against the base is no wider than ± this
   * share: 0.02 is ±2 %. @default a fixed number of rounds
   */
  until?: number;
  /** Rounds at most, with `until`. @default 200 */
  maxRounds?: number;
  /** No measured round begins later than this after the first. @default no limit */
  maxTimeMs?: number;
}

/** The rule that ends the rounds before all of them were run. */
export interface StopRule {
  until: { halfWidth: number; minRounds: number } | undefined;
  maxTimeMs: number | undefined;
}

/** The most rounds that a run may have. */
export const MAX_ROUNDS = 1_000_000;

/**
 * The most rounds that may be run, and what ends them sooner.
 * @throws UsageError for the first value that is no good.
 */
export function resolveStop({ iterations, until, maxRounds, maxTimeMs }: StopOptions): {
  iterations: number;
  stop: StopRule | undefined;
} {
  if (maxTimeMs !== undefined && !(maxTimeMs >= 1 && maxTimeMs <= 24 * 3_600_000)) {
    throw new UsageError(`max time: expected a time from 1ms to 24h, got ${maxTimeMs} ms`);
  }
  if (iterations !== undefined) checkRounds('iterations', iterations);
  if (until === undefined) {
    if (maxRounds !== undefined) {
      throw new UsageError(
        'max rounds: goes with until; the number of iterations says how many rounds',
      );
    }
    const stop = maxTimeMs === undefined ? undefined : { until, maxTimeMs };
    return { iterations: iterations ?? Number(roundSettings.iterations.default.run), stop };
  }
  if (!(until >= 0.001 && until <= 1)) {
    throw new UsageError(`until: expected a width from 0.1% to 100%, got ${until * 100}%`);
  }
  const needed = neededCount(50);
  const minRounds = Math.max(iterations ?? needed, needed);
  const most = checkRounds(
    'max rounds',
    maxRounds ?? Math.max(Number(roundSettings.maxRounds.default), minRounds),
  );
  if (most < minRounds) {
    throw new UsageError(
      `max rounds: expected at least ${minRounds}, the fewest that the width is judged by; got ${most}`,
    );
  }
  return { iterations: most, stop: { until: { halfWidth: until, minRounds }, maxTimeMs } };
}

function checkRounds(name: string, rounds: number): number {
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MAX_ROUNDS) return rounds;
  throw new UsageError(
    `${name}: expected a whole number from 1 to ${MAX_ROUNDS}, got ${String(rounds)}`,
  );
}
