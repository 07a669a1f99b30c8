import { UsageError } from '../../errors.ts';
import type { Result } from '../../result/schema.ts';
import { detectableRatio, neededSamples } from '../../stats/detectable-effect.ts';
import type { Interval } from '../../stats/interval.ts';
import { medianRatio } from '../../stats/median-ratio.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { pairsOf } from '../change/pairs.ts';
import { pairsToConfirm } from '../change/pairs-to-confirm.ts';
import { arePaired, compareResults } from '../change/results.ts';

const PLAN_SCHEMA = 'agent-latency-bench/plan/v1';

/** The difference that is to be found, and how surely. */
export interface Aim {
  /** The slowdown: 0.05 is 5 %. */
  effect: number;
  /** Chance of finding it: 0.8 finds four of five. */
  power: number;
  /** A slowdown up to this is allowed, so the effect must show beyond it; 0 where any difference counts. */
  margin: number;
}

/** The number of rounds that a difference of a given size needs, judged by how a pilot's rounds scattered. */
export interface Plan {
  schema: typeof PLAN_SCHEMA;
  effectPercent: number;
  marginPercent: number;
  power: number;
  /** The pilot: its rounds, how many of them at once, and how long one takes on the average. */
  pilot: { rounds: number; concurrency: number; roundMs: number };
  comparisons: PlannedComparison[];
}

/** By `workflow_e2e`: `http` and `ws` of one result, or `base/ws` and `candidate/ws` of two that were interleaved. */
interface PlannedComparison {
  base: string;
  candidate: string;
  /** Rounds of the pilot that both completed. */
  pairs: number;
  /** What the pilot itself finds with that power, in percent. */
  detectablePercent: number;
  /** Rounds that the effect needs. */
  rounds: number;
  /** How long these take, warm-up excluded. */
  durationMs: number;
}

/**
 * Rounds that an effect needs in every comparison of a pilot: of its transports with the base, or where two results are
 * given, of the sides that one job interleaved.
 * @throws UsageError for an aim that can't be met, or a pilot that says too little.
 */
export function planRounds(pilot: Result, candidate: Result | undefined, aim: Aim): Plan {
  checkAim(aim);
  const found = candidate === undefined ? arms(pilot) : sides(pilot, candidate);
  const { concurrency } = pilot.run.options;
  const roundMs = meanRoundMs(candidate === undefined ? [pilot] : [pilot, candidate]);
  return {
    schema: PLAN_SCHEMA,
    effectPercent: aim.effect * 100,
    marginPercent: aim.margin * 100,
    power: aim.power,
    pilot: { rounds: pilot.rounds.length, concurrency, roundMs },
    comparisons: found.map((each) => {
      const interval = intervalOf(each);
      const rounds = roundsFor(aim, interval, each);
      return {
        base: each.base,
        candidate: each.candidate,
        pairs: each.pairs,
        detectablePercent:
          (detectableRatio({ interval, samples: each.pairs, power: aim.power }) - 1) * 100,
        rounds,
        durationMs: Math.ceil(rounds / concurrency) * roundMs,
      };
    }),
  };
}

interface Found {
  base: string;
  candidate: string;
  pairs: number;
  interval: Interval | null;
  /** Rounds below which nothing is found. */
  least: number;
}

function checkAim({ effect, power, margin }: Aim): void {
  if (!(effect >= 0.001 && effect <= 10)) {
    throw new UsageError(`effect: expected a slowdown from 0.1% to 1000%, got ${effect * 100}%`);
  }
  if (!(power >= 0.5 && power <= 0.999)) {
    throw new UsageError(`power: expected a chance from 0.5 to 0.999, got ${power}`);
  }
  if (!(margin >= 0 && margin < effect)) {
    throw new UsageError(
      `max regression: expected less than the effect of ${effect * 100}%, got ${margin * 100}%: a slowdown that is allowed is never found`,
    );
  }
}

function arms({ run, rounds }: Result): Found[] {
  const [base, ...candidates] = run.options.transports;
  if (base === undefined || candidates.length === 0) {
    throw new UsageError(
      'the pilot has one transport: there is nothing to compare; give the other side too, if two were interleaved',
    );
  }
  return candidates.map((candidate) => {
    const pairs = pairsOf(base, candidate, 'workflow_e2e', rounds);
    const interval = medianRatio(pairs)?.interval ?? null;
    return { base, candidate, pairs: pairs.length, interval, least: neededCount(50) };
  });
}

function sides(base: Result, candidate: Result): Found[] {
  if (!arePaired(base, candidate)) {
    throw new UsageError(
      'expected two results of one job, as gate --base-url … --url … writes them; these were not interleaved, so their rounds make no pairs',
    );
  }
  const compared = compareResults(base, candidate);
  const least = pairsToConfirm(compared.length);
  const found = compared
    .filter(({ metric }) => metric === 'workflow_e2e')
    .map(({ transport, pairs, interval }) => ({
      base: `base/${transport}`,
      candidate: `candidate/${transport}`,
      pairs: pairs ?? 0,
      interval,
      least,
    }));
  if (found.length === 0) throw new UsageError('the two results share no transport');
  return found;
}

function intervalOf({ interval, base, candidate, pairs }: Found): Interval {
  if (interval !== null) return interval;
  const needed = neededCount(50);
  throw new UsageError(
    `the pilot has ${pairs} ${pairs === 1 ? 'round' : 'rounds'} that both ${base} and ${candidate} completed; ${needed} are the least that show how much rounds scatter: run it again with -n ${needed * 2}`,
  );
}

function roundsFor(
  { effect, power, margin }: Aim,
  interval: Interval,
  { pairs, least }: Found,
): number {
  const ratio = (1 + effect) / (1 + margin);
  return Math.max(least, neededSamples(ratio, { interval, samples: pairs, power }));
}

/** Workflows of a round run one after another. */
function meanRoundMs(results: readonly Result[]): number {
  const rounds = results[0]?.rounds.length ?? 0;
  const totalUs = results
    .flatMap((result) => result.rounds)
    .flatMap(({ workflows }) => Object.values(workflows))
    .reduce((sum, { e2eUs }) => sum + e2eUs, 0);
  return totalUs / 1000 / Math.max(1, rounds);
}
