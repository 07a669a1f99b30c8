import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import { describe, expect, it } from 'vitest';
import { type BenchmarkOptions, resolveOptions } from '../../src/app/options/resolve.ts';
import type { StopRule } from '../../src/app/options/stop.ts';
import { type StopWatch, watchStop } from '../../src/app/run/until.ts';
import { pairsOf } from '../../src/compare/change/pairs.ts';
import { compareTransports } from '../../src/compare/change/transports.ts';
import { widestHalfWidth } from '../../src/compare/rounds/precision.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { interleaved, simulate } from '../bench/simulated-rounds.ts';
import { roundsTaking } from '../compare/rounds-taking.ts';

const pairs = [['http', 'ws']] as const;

/** The width over these comparisons. */
function widest(
  compared: readonly (readonly [base: string, candidate: string])[],
): (rounds: readonly RoundRecord[]) => number | null {
  return (rounds) =>
    widestHalfWidth(
      compared.map(([base, candidate]) => pairsOf(base, candidate, 'workflow_e2e', rounds)),
    );
}

/** A rule with a clock that the test winds, in ms. */
function watch(
  rule: StopRule | undefined,
  concurrency = 1,
): StopWatch<RoundRecord> & { now: number } {
  const clock = { now: 0 };
  return Object.assign(
    clock,
    watchStop(rule, widest(pairs), concurrency, () => clock.now * 1000),
  );
}

/** As many rounds, in which ws takes 0.9 of http, more or less. */
function rounds(count: number, scatter: number): ReturnType<typeof roundsTaking> {
  const factors = Array.from({ length: count }, (_, at) => 1 + scatter * ((at % 7) / 3 - 1));
  return roundsTaking({ http: factors.map(() => 1e6), ws: factors.map((each) => 0.9e6 * each) });
}

describe('the rule of --until', () => {
  const until = (minRounds = 6): StopRule => ({
    until: { halfWidth: 0.02, minRounds },
    maxTimeMs: undefined,
  });

  it('says enough once the interval is narrow, and says how narrow', () => {
    const stop = watch(until());
    expect(stop.look(rounds(6, 0))).toEqual({ halfWidth: 0, wanted: 0.02 });
    expect(stop.enough()).toBe(true);
    expect(stop.outcome(rounds(7, 0), true, 200)).toEqual({
      untilPercent: 2,
      minRounds: 6,
      maxRounds: 200,
      maxTimeMs: null,
      reached: 'precision',
      halfWidthPercent: 0,
    });
  });

  it('goes on while it is wide, however significant the difference', () => {
    const stop = watch(until());
    const wide = rounds(28, 0.3);
    const precision = stop.look(wide);
    expect(precision?.halfWidth).toBeGreaterThan(0.02);
    expect(stop.enough()).toBe(false);
    const outcome = stop.outcome(wide, true, 28);
    expect(outcome?.reached).toBe('rounds');
    expect(outcome?.halfWidthPercent).toBeCloseTo((precision?.halfWidth ?? NaN) * 100, 9);
  });

  it.each<[why: string, concurrency: number, minRounds: number, looks: number[]]>([
    ['a look after every single round would favour chance narrowness', 1, 6, [6, 11, 16]],
    ['a batch is as many rounds as are in flight', 8, 6, [6, 14]],
    ['not before the least that was asked for', 1, 10, [10, 15, 20]],
  ])('looks now and then: %s', (_why, concurrency, minRounds, looks) => {
    const stop = watch(until(minRounds), concurrency);
    const counts = Array.from({ length: 20 }, (_, at) => at + 1);
    expect(counts.filter((count) => stop.look(rounds(count, 0.3)) !== undefined)).toEqual(looks);
  });

  it('waits for every comparison: the widest counts, and one without an interval is wide', () => {
    const stop = watchStop(until(), widest([...pairs, ['http', 'http2']]), 1);
    expect(stop.look(rounds(6, 0))).toEqual({ halfWidth: null, wanted: 0.02 });
    expect(stop.enough()).toBe(false);
  });

  it('reaches nothing where the run was not complete', () => {
    const stop = watch(until());
    stop.look(rounds(6, 0));
    expect(stop.outcome(rounds(6, 0), false, 200)).toMatchObject({ reached: null });
  });
});

it('an interval that ended a run still holds the truth in at least 91 % of runs, in simulation', () => {
  const random = xorshift128plus(11);
  const truth = 0.9;
  const runs = 400;
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { base, candidate } = simulate(interleaved, 200, truth, 0.9, random);
    const all = roundsTaking({ http: base, ws: candidate });
    const stop = watch({ until: { halfWidth: 0.04, minRounds: 6 }, maxTimeMs: undefined });
    let ended = 0;
    while (!stop.enough() && ended < all.length) stop.look(all.slice(0, ++ended));
    const [comparison] = compareTransports(['http', 'ws'], all.slice(0, ended));
    const { lower = NaN, upper = NaN } = comparison?.interval ?? {};
    if (lower <= truth && truth <= upper) held++;
  }
  expect(held / runs).toBeGreaterThan(0.91);
});

describe('the rule of --max-time', () => {
  const rule: StopRule = { until: undefined, maxTimeMs: 500 };

  it('counts from the first measured round, which is always run', () => {
    const stop = watch(rule);
    stop.now = 9000;
    expect(stop.enough()).toBe(false);
    stop.now = 9499;
    expect(stop.enough()).toBe(false);
    stop.now = 9500;
    expect(stop.enough()).toBe(true);
    expect(stop.outcome(rounds(3, 0), true, 10)).toMatchObject({
      untilPercent: null,
      maxTimeMs: 500,
      reached: 'time',
      halfWidthPercent: null,
    });
  });

  it('takes no look at widths', () => {
    expect(watch(rule).look(rounds(50, 0))).toBeUndefined();
  });

  it('does not claim time where all rounds were run within it', () => {
    const stop = watch(rule);
    expect(stop.enough()).toBe(false);
    expect(stop.outcome(rounds(10, 0), true, 10)).toMatchObject({ reached: 'rounds' });
  });
});

it('without a rule a run goes through its rounds, and its result says nothing of one', () => {
  const stop = watch(undefined);
  expect([stop.enough(), stop.look(rounds(9, 0)), stop.outcome(rounds(9, 0), true, 9)]).toEqual([
    false,
    undefined,
    undefined,
  ]);
});

describe('options of the stop rule', () => {
  it.each<[why: string, options: BenchmarkOptions, iterations: number, minRounds?: number]>([
    ['a fixed number', {}, 10],
    ['as many as said', { iterations: 3 }, 3],
    ['an interval needs 6', { until: 0.02 }, 200, 6],
    ['fewer than 6 have no interval', { until: 0.02, iterations: 3 }, 200, 6],
    ['iterations are the least', { until: 0.02, iterations: 30 }, 200, 30],
    ['a cap', { until: 0.02, maxRounds: 50 }, 50, 6],
    ['the least lifts the default cap', { until: 0.02, iterations: 300 }, 300, 300],
  ])('%s', async (_why, options, iterations, minRounds) => {
    const resolved = await resolveOptions(options);
    expect([resolved.iterations, resolved.stop?.until?.minRounds]).toEqual([iterations, minRounds]);
  });

  it.each<[why: string, options: BenchmarkOptions, message: RegExp]>([
    ['no width', { until: 0 }, /until: expected a width from 0\.1% to 100%, got 0%/],
    ['no number', { until: NaN }, /until: .* got NaN/],
    ['a cap on nothing', { maxRounds: 20 }, /max rounds: goes with until/],
    ['a cap below the least', { until: 0.1, maxRounds: 5 }, /max rounds: expected at least 6/],
    ['a cap below -n', { until: 0.1, maxRounds: 9, iterations: 10 }, /at least 10.*got 9/],
    ['half a round', { until: 0.1, maxRounds: 9.5 }, /max rounds: expected a whole number/],
    ['no time', { maxTimeMs: 0 }, /max time: expected a time from 1ms to 24h, got 0 ms/],
    ['no rounds', { iterations: 0 }, /iterations: expected a whole number from 1/],
  ])('are refused: %s', async (_why, options, message) => {
    await expect(resolveOptions(options)).rejects.toThrow(message);
  });
});
