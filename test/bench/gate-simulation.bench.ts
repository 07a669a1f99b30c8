import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { judge, type Verdict } from '../../src/compare/gate/verdict.ts';
import type { Interval } from '../../src/stats/interval.ts';
import { medianRatio } from '../../src/stats/median-ratio.ts';
import { median } from '../../src/stats/percentile.ts';
import { ratioOfMedians } from '../../src/stats/ratio-of-medians.ts';
import { signedRankTest } from '../../src/stats/signed-rank.ts';
import type { Benchmark, Finding } from './benchmark.ts';
import { blocks, interleaved, noise, type SimulatedRounds, simulate } from './simulated-rounds.ts';

const TRIALS = 10_000;
const MARGIN = { relative: 0.05, absoluteUs: 2000 };
/** What a workflow keeps of the drift of the one before: hardly any change within a round, much over a block. */
const SLOW = 0.98;
/** Drift that turns within a few workflows, of which pairs cancel less. */
const FAST = 0.9;

interface Scenario {
  trueRatio: number;
  rounds: number;
  persistence: number;
  /** Promised share of regressions raised by the interleaved design. */
  atMost?: number;
  atLeast?: number;
}

const scenarios: readonly Scenario[] = [
  { trueRatio: 1, rounds: 20, persistence: SLOW, atMost: 0.05 },
  { trueRatio: 1, rounds: 60, persistence: SLOW, atMost: 0.05 },
  { trueRatio: 1.05, rounds: 20, persistence: SLOW, atMost: 0.05 },
  { trueRatio: 1.05, rounds: 60, persistence: SLOW, atMost: 0.05 },
  { trueRatio: 1.1, rounds: 20, persistence: SLOW },
  { trueRatio: 1.1, rounds: 40, persistence: SLOW },
  { trueRatio: 1.1, rounds: 60, persistence: SLOW, atLeast: 0.9 },
  { trueRatio: 1.15, rounds: 20, persistence: SLOW, atLeast: 0.9 },
  { trueRatio: 1, rounds: 20, persistence: FAST, atMost: 0.05 },
  { trueRatio: 1.05, rounds: 20, persistence: FAST, atMost: 0.05 },
  { trueRatio: 1.1, rounds: 60, persistence: FAST },
  { trueRatio: 1.15, rounds: 20, persistence: FAST },
];

/** How often the gate is wrong, and how often it sees what is there. */
export const benchmark: Benchmark = {
  title: 'Gate on simulated noise',
  note:
    `${TRIALS} simulated runs a row, of a base and a candidate of which the true slowdown is known; margin ${MARGIN.relative * 100} %, 95 % intervals. ` +
    `Drift: AR(1), ${noise.drift * 100} % (sd of the logarithm), each workflow keeping 0.98 (slow) or 0.9 (fast) of the one before; own noise ${noise.own * 100} %; ` +
    `${noise.hiccupShare * 100} % of workflows take ${noise.hiccupFactors.join(' to ')} times as long. Shares of regression / pass, the rest inconclusive. ` +
    'Interleaved: both sides in every round, in random order, paired, as the gate runs two endpoints; blocks: all of one, then all of the other, unpaired. ' +
    'Promised of interleaved: regressions raised; 5 % at the margin itself, where 2.5 % is the nominal share. Covered: intervals that hold the truth',
  run() {
    return Promise.resolve(scenarios.map(findingOf));
  },
};

function findingOf(scenario: Scenario, index: number): Finding {
  const { trueRatio, rounds, persistence, atMost, atLeast } = scenario;
  const paired = sharesOf(scenario, interleaved, judgePaired, index);
  const unpaired = sharesOf(scenario, blocks, judgeUnpaired, index);
  const kept = paired.regression <= (atMost ?? 1) && paired.regression >= (atLeast ?? 0);
  const text =
    atLeast === undefined ? atMost && `at most ${percent(atMost)}` : `at least ${percent(atLeast)}`;
  return {
    columns: {
      '': `true +${Math.round((trueRatio - 1) * 100)} %, ${rounds} rounds, ${persistence === SLOW ? 'slow' : 'fast'} drift`,
      interleaved: `${percent(paired.regression)} / ${percent(paired.pass)}`,
      covered: percent(paired.covered),
      blocks: `${percent(unpaired.regression)} / ${percent(unpaired.pass)}`,
      'covered there': percent(unpaired.covered),
    },
    ...(text !== undefined && text !== 0 && { promise: { text, kept } }),
  };
}

interface Judged {
  verdict: Verdict['verdict'];
  interval: Interval | null;
}

function sharesOf(
  { trueRatio, rounds, persistence }: Scenario,
  design: typeof interleaved,
  judgeRounds: (simulated: SimulatedRounds) => Judged,
  seed: number,
): { regression: number; pass: number; covered: number } {
  const random = xoroshiro128plus(seed + 1);
  const counts = { regression: 0, pass: 0, inconclusive: 0, covered: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const judged = judgeRounds(simulate(design, rounds, trueRatio, persistence, random));
    counts[judged.verdict]++;
    const { lower, upper } = judged.interval ?? { lower: NaN, upper: NaN };
    if (lower <= trueRatio && trueRatio <= upper) counts.covered++;
  }
  const { regression, pass, covered } = counts;
  return { regression: regression / TRIALS, pass: pass / TRIALS, covered: covered / TRIALS };
}

/** As `gate` judges two endpoints that one job interleaves, one metric gated. */
function judgePaired({ base, candidate }: SimulatedRounds): Judged {
  const pairs = base.map((before, round) => [before, candidate[round] ?? NaN] as const);
  const { p } = signedRankTest(pairs.map(([before, after]) => Math.log(after / before)));
  return judgeInterval(medianRatio(pairs)?.interval ?? null, base, p);
}

/** As `gate` judges two results of runs apart, but for their rank test: the interval has decided before it. */
function judgeUnpaired({ base, candidate }: SimulatedRounds): Judged {
  return judgeInterval(ratioOfMedians(base, candidate)?.interval ?? null, base, null);
}

function judgeInterval(
  interval: Interval | null,
  base: readonly number[],
  adjustedP: number | null,
): Judged {
  const change = { interval, baseUs: median(base) ?? NaN, adjustedP };
  return { verdict: judge(change, MARGIN, 0).verdict, interval };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
