import { describe, expect, it } from 'vitest';
import { breakEven, type Pair } from '../../src/compare/attribution/break-even.ts';
import { madeUpRounds } from '../result/made-up.ts';

/** Rounds in which the base takes 1000 µs a step, and the candidate so much more or less. */
function pairsOf(rounds: readonly (readonly number[])[]): Pair[] {
  const steps = rounds[0]?.length ?? 0;
  return madeUpRounds(['http', 'ws'], rounds.length, steps).flatMap(({ workflows }, round) => {
    const { http, ws } = workflows;
    if (http === undefined || ws === undefined) return [];
    for (const step of http.steps) step.durationUs = 1000;
    for (const step of ws.steps) step.durationUs = 1000 + (rounds[round]?.[step.index] ?? 0);
    return [[http, ws] as const];
  });
}

const times = (count: number, values: readonly number[]): number[][] =>
  Array.from({ length: count }, () => [...values]);

describe('breakEven', () => {
  it.each<{ why: string; extraUs: number[]; fromStep: number | null; lastStepUs: number }>([
    { why: 'ahead at once', extraUs: [-1, -1, -1], fromStep: 1, lastStepUs: -3 },
    { why: 'behind by one opening', extraUs: [50, -20, -20, -20], fromStep: 4, lastStepUs: -10 },
    { why: 'level is not ahead', extraUs: [50, -25, -25, -1], fromStep: 4, lastStepUs: -1 },
    { why: 'ahead, but behind again', extraUs: [-5, 10, -6, -1], fromStep: 3, lastStepUs: -2 },
    { why: 'ahead, and behind at the end', extraUs: [-5, -5, 20], fromStep: null, lastStepUs: 10 },
    { why: 'never', extraUs: [50, 0, 0], fromStep: null, lastStepUs: 50 },
  ])('$why', ({ extraUs, fromStep, lastStepUs }) => {
    expect(breakEven('http', 'ws', pairsOf(times(8, extraUs)))).toEqual({
      base: 'http',
      candidate: 'ws',
      rounds: 8,
      steps: extraUs.length,
      firstStepUs: extraUs[0],
      lastStepUs,
      fromStep,
      interval: { level: 0.95, lower: fromStep, upper: fromStep },
    });
  });

  it('has an interval as wide as the rounds disagree', () => {
    const openings = [20, 30, 40, 50, 60, 70, 80, 90];
    const found = breakEven(
      'http',
      'ws',
      pairsOf(openings.map((us) => [us, ...Array<number>(9).fill(-10)])),
    );
    // Median opening 55: made up for by the sixth step after it.
    expect(found?.fromStep).toBe(7);
    expect(found?.interval?.lower).toBeLessThan(7);
    expect(found?.interval?.upper).toBeGreaterThan(7);
  });

  it('may be sure of the one end and not of the other', () => {
    const openings = [20, 20, 20, 20, 500, 500, 500, 500];
    const found = breakEven('http', 'ws', pairsOf(openings.map((us) => [us, -15, -15])));
    expect(found).toMatchObject({ fromStep: null, interval: { lower: 3, upper: null } });
  });

  it('has no interval below 6 rounds, and says nothing without rounds', () => {
    expect(breakEven('http', 'ws', pairsOf(times(5, [-1])))).toMatchObject({
      fromStep: 1,
      interval: null,
    });
    expect(breakEven('http', 'ws', [])).toBeUndefined();
  });
});
