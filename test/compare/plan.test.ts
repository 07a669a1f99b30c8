import { describe, expect, it } from 'vitest';
import { type Aim, planRounds } from '../../src/compare/rounds/plan.ts';
import { UsageError } from '../../src/errors.ts';
import { planReport } from '../../src/report/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { medianInterval } from '../../src/stats/median-interval.ts';
import { madeUpResult } from '../result/made-up.ts';
import { roundsTaking } from './rounds-taking.ts';

const aim: Aim = { effect: 0.05, power: 0.8, margin: 0 };
const base = Array.from({ length: 20 }, () => 1e6);
/** Ratios that scatter evenly, by about ±10 %. */
const scattered = base.map((us, at) => us * (1 + (((at * 7) % 20) - 9.5) / 100));

function pilot(times: Record<string, readonly number[]>, run: Partial<Result['run']> = {}): Result {
  const made = madeUpResult({ transports: Object.keys(times) });
  return { ...made, rounds: roundsTaking(times), run: { ...made.run, ...run } };
}

/** What so many rounds would be worth if they knew their own error: few of them need 1 + 2 / n times the effect. */
function withoutFew(rounds: number): number {
  return rounds / (1 + 2 / rounds) ** 2;
}

describe('a plan', () => {
  it('follows from how the pilot scattered: n (z-sum × error / effect)², and a little for few', () => {
    const [planned] = planRounds(pilot({ http: base, ws: scattered }), undefined, aim).comparisons;
    const logs = scattered.map((us) => Math.log(us / 1e6)).sort((a, b) => a - b);
    const interval = medianInterval(logs) ?? expect.fail('no interval');
    // R: qnorm(0.975) is 1.959964, qnorm(0.8) is 0.8416212.
    const error = (interval.upper - interval.lower) / 2 / 1.959964;
    const needed = 20 * (((1.959964 + 0.8416212) * error) / Math.log(1.05)) ** 2;
    expect(planned).toMatchObject({ base: 'http', candidate: 'ws', pairs: 20 });
    const rounds = planned?.rounds ?? NaN;
    expect(withoutFew(rounds)).toBeGreaterThanOrEqual(needed);
    expect(withoutFew(rounds - 1)).toBeLessThan(needed);
    expect(planned?.detectablePercent).toBeCloseTo(
      (Math.exp((1.959964 + 0.8416212) * error * (1 + 2 / 20)) - 1) * 100,
      4,
    );
  });

  it.each<[why: string, other: Aim, factor: number]>([
    ['half the effect needs four times the rounds', { ...aim, effect: 1.05 ** 0.5 - 1 }, 4],
    // (1.959964 + 1.281552)² / (1.959964 + 0.841621)², qnorm(0.9) being 1.281552.
    ['more power needs more', { ...aim, power: 0.9 }, 1.3387],
    [
      'only what lies beyond the margin shows',
      { ...aim, effect: 1.05 * 1.05 - 1, margin: 0.05 },
      1,
    ],
  ])('%s', (_why, other, factor) => {
    const rounds = (goal: Aim): number =>
      planRounds(pilot({ http: base, ws: scattered }), undefined, goal).comparisons[0]?.rounds ??
      NaN;
    // Both are rounded up.
    const [asked = NaN, wanted = NaN] = [aim, other].map((goal) => withoutFew(rounds(goal)));
    expect(Math.abs(wanted - factor * asked)).toBeLessThanOrEqual(factor + 1);
  });

  it('asks for no fewer rounds than an interval needs', () => {
    const [planned] = planRounds(pilot({ http: base, ws: base }), undefined, aim).comparisons;
    expect(planned?.rounds).toBe(6);
  });

  it('asks a gate for no fewer rounds than can confirm anything among all it compares', () => {
    const job = { interleaved: 'job-1' };
    const times = { http: base, ws: base };
    const { comparisons } = planRounds(pilot(times, job), pilot(times, job), aim);
    expect(comparisons.map(({ rounds }) => rounds)).toEqual([8, 8]);
  });

  it('reckons the time from the rounds of the pilot and how many run at once', () => {
    const { options } = pilot({ http: base, ws: scattered }).run;
    const plan = (concurrency: number) =>
      planRounds(
        pilot({ http: base, ws: base }, { options: { ...options, concurrency } }),
        undefined,
        aim,
      );
    // A second on either transport, one after the other.
    expect(plan(1).pilot.roundMs).toBeCloseTo(2000, 9);
    expect(plan(1).comparisons[0]?.durationMs).toBeCloseTo(6 * 2000, 9);
    expect(plan(4).comparisons[0]?.durationMs).toBeCloseTo(2 * 2000, 9);
  });

  it('speaks of every candidate, and prints the most that one of them needs', () => {
    const plan = planRounds(
      pilot({ http: base, ws: scattered, 'http-keepalive': base }),
      undefined,
      aim,
    );
    expect(plan.comparisons.map(({ candidate }) => candidate)).toEqual(['ws', 'http-keepalive']);
    const text = planReport(plan);
    expect(text).toMatch(/^ws against http +20 pairs +\d+ +about/m);
    expect(text).toContain(`For all of them: -n ${plan.comparisons[0]?.rounds ?? 0}\n`);
  });

  it('pairs the sides of an interleaved gate', () => {
    const job = { interleaved: 'job-1' };
    const plan = planRounds(pilot({ ws: base }, job), pilot({ ws: scattered }, job), aim);
    const alone = planRounds(pilot({ http: base, ws: scattered }), undefined, aim);
    expect(plan.comparisons).toEqual([
      { ...alone.comparisons[0], base: 'base/ws', candidate: 'candidate/ws' },
    ]);
  });
});

describe('a plan is refused', () => {
  const good = (): Result => pilot({ http: base, ws: scattered });
  const short = (): Result => pilot({ http: base.slice(0, 5), ws: base.slice(0, 5) });
  it.each<[why: string, plan: () => unknown, message: RegExp]>([
    [
      'five rounds show no scatter',
      () => planRounds(short(), undefined, aim),
      /5 rounds that both http and ws completed; 6 .* -n 12/,
    ],
    ['one transport', () => planRounds(pilot({ ws: base }), undefined, aim), /nothing to compare/],
    ['two jobs', () => planRounds(good(), pilot({ http: base }, { id: 'other' }), aim), /one job/],
    ['no effect', () => planRounds(good(), undefined, { ...aim, effect: 0 }), /effect.*0%/],
    ['certainty', () => planRounds(good(), undefined, { ...aim, power: 1 }), /power.*got 1/],
    [
      'an effect that is allowed',
      () => planRounds(good(), undefined, { ...aim, margin: 0.05 }),
      /less than the effect of 5%/,
    ],
  ])('%s', (_why, plan, message) => {
    expect(plan).toThrow(UsageError);
    expect(plan).toThrow(message);
  });
});
