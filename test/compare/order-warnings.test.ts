import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { describe, expect, it } from 'vitest';
import { orderWarnings } from '../../src/compare/rounds/order-warnings.ts';
import { wordWarning } from '../../src/result/warnings/words.ts';
import { interleaved, simulate } from '../bench/simulated-rounds.ts';
import { roundsTaking } from './rounds-taking.ts';

const names = ['http', 'ws'];

/** Warnings of a run whose rounds scatter as the simulation has it, changed by `edit`. */
function codesOf(
  count: number,
  random: RandomGenerator,
  edit: (factor: number, round: number) => number = (factor) => factor,
): string[] {
  const { base, candidate } = simulate(interleaved, count, 0.9, 0, random);
  const ws = candidate.map(
    (us, round) => (base[round] ?? NaN) * edit(us / (base[round] ?? NaN), round),
  );
  return orderWarnings(names, roundsTaking({ http: base, ws })).map(({ code }) => code);
}

function shareOf(runs: number, warned: () => boolean): number {
  return Array.from({ length: runs }, warned).filter(Boolean).length / runs;
}

describe('warnings of what the order of the rounds shows', () => {
  it.each([20, 60])('of %i rounds come for fewer than one clean run in a hundred', (count) => {
    const random = xorshift128plus(7);
    expect(shareOf(600, () => codesOf(count, random).length > 0)).toBeLessThan(0.01);
  });

  it('come for a candidate that gets slower and slower', () => {
    const random = xorshift128plus(8);
    const drifting = (factor: number, round: number): number => factor * 1.01 ** round;
    expect(shareOf(100, () => codesOf(60, random, drifting).includes('drift'))).toBeGreaterThan(
      0.9,
    );
  });

  it('say which transport drifted, and by how much, hiccups or not', () => {
    const ones = Array.from({ length: 40 }, () => 1e6);
    const ws = ones.map((us, round) => us * (1 + round / 390) * (round === 20 ? 5 : 1));
    const [warning, ...more] = orderWarnings(names, roundsTaking({ http: ones, ws })).map(
      wordWarning,
    );
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: 'drift', transport: 'ws' });
    expect(warning?.['changePercent']).toBeCloseTo(10, 0);
    expect(warning?.message).toContain('ws against http drifted by about 10.');
  });

  it('come for rounds that tell of the next without a trend', () => {
    const ones = Array.from({ length: 64 }, () => 1e6);
    const ws = ones.map((us, round) => us * (1 + 0.1 * Math.sin((round * Math.PI) / 4)));
    const [warning, ...more] = orderWarnings(names, roundsTaking({ http: ones, ws })).map(
      wordWarning,
    );
    expect(more).toEqual([]);
    expect(warning?.code).toBe('rounds_correlate');
    // The lag-1 correlation of a sampled sine is about the cosine of its step.
    expect(warning?.['lag1']).toBeCloseTo(Math.cos(Math.PI / 4), 1);
    expect(warning?.['worthRounds']).toBeLessThan(20);
  });

  it('go by the index of the rounds, not by the order in which they ended', () => {
    const ones = Array.from({ length: 40 }, () => 1e6);
    const ws = ones.map((us, round) => us * (1 + round / 100));
    const rounds = roundsTaking({ http: ones, ws });
    const shuffled = rounds.toSorted((a, b) => ((a.index * 7) % 40) - ((b.index * 7) % 40));
    expect(orderWarnings(names, shuffled)).toEqual(orderWarnings(names, rounds));
  });

  it('need rounds enough: 19 that rise say nothing', () => {
    const rising = Array.from({ length: 20 }, (_, round) => 1e6 * (1 + round / 20));
    const ones = rising.map(() => 1e6);
    const of = (count: number) =>
      orderWarnings(names, roundsTaking({ http: ones.slice(0, count), ws: rising.slice(0, count) }))
        .length;
    expect([of(19), of(20)]).toEqual([0, 1]);
  });

  it('cope with more rounds than pairs of rounds fit into memory', () => {
    const ones = Array.from({ length: 6001 }, () => 1e6);
    const ws = ones.map((us, round) => us * (1 + round / 6000));
    const [warning] = orderWarnings(names, roundsTaking({ http: ones, ws })).map(wordWarning);
    expect(warning?.code).toBe('drift');
    expect(warning?.['changePercent']).toBeGreaterThan(80);
  });
});
