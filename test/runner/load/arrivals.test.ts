import { describe, expect, it } from 'vitest';
import { arrivalsOf } from '../../../src/runner/load/arrivals.ts';
import { aboveFromUs, type Stage, steady } from '../../../src/runner/load/stages.ts';
import { windowsOf } from '../../../src/runner/load/windows.ts';

const SECOND = 1e6;
const constant = { process: 'constant', seed: 1 } as const;
const poisson = { process: 'poisson', seed: 1 } as const;

function timesS(stages: readonly Stage[], most?: number): number[] {
  const arrivals = arrivalsOf({ stages, ...constant, ...(most !== undefined && { most }) });
  return [...arrivals].map(({ atUs }) => Number((atUs / SECOND).toFixed(3)));
}

describe('constant arrivals', () => {
  it.each<[why: string, stages: Stage[], most: number | undefined, expected: number[]]>([
    ['the first at once, none at the end', steady(4, SECOND), undefined, [0, 0.25, 0.5, 0.75]],
    ['a number of them, however long it takes', steady(2, Infinity), 3, [0, 0.5, 1]],
    [
      'a ramp adds up by the square of the time',
      [{ durationUs: 4 * SECOND, target: 4 }],
      undefined,
      [0, 1.414, 2, 2.449, 2.828, 3.162, 3.464, 3.742],
    ],
    [
      'a ramp down, and what is left at its end is carried on',
      [
        { durationUs: 0, target: 2 },
        { durationUs: SECOND, target: 1 },
        { durationUs: SECOND, target: 1 },
      ],
      undefined,
      [0, 0.586, 1.5],
    ],
    [
      'nothing in a stage at 0',
      [
        { durationUs: SECOND, target: 0 },
        { durationUs: 0, target: 1 },
        { durationUs: 2 * SECOND, target: 1 },
      ],
      undefined,
      [1, 2],
    ],
  ])('%s', (_why, stages, most, expected) => {
    expect(timesS(stages, most)).toEqual(expected);
  });
});

describe('Poisson arrivals', () => {
  const stages = steady(100, 100 * SECOND);
  const times = [...arrivalsOf({ stages, ...poisson })].map(({ atUs }) => atUs);

  it('come as often as asked for, with gaps as scattered as they are long', () => {
    const gaps = times.map((atUs, index) => atUs - (times[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    // 10,000 expected: four standard deviations are 400 of them, and about 4 % of a spread.
    expect(Math.abs(times.length - 10_000)).toBeLessThan(400);
    expect(Math.abs(mean / 10_000 - 1)).toBeLessThan(0.04);
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.06);
  });

  it('are the same each time, and others by another seed', () => {
    expect([...arrivalsOf({ stages, ...poisson })].map(({ atUs }) => atUs)).toEqual(times);
    const [other] = arrivalsOf({ stages, ...poisson, seed: 2 });
    expect(other?.atUs).not.toBe(times[0]);
  });

  it('are parted among shards, each by its turn, none lost and none twice', () => {
    const all = [...arrivalsOf({ stages, ...poisson })];
    const parts = [1, 2, 3].map((index) => [
      ...arrivalsOf({ stages, ...poisson, shard: { index, count: 3 } }),
    ]);
    expect(parts[1]?.every(({ index }) => index % 3 === 1)).toBe(true);
    expect(parts.flat().sort((a, b) => a.index - b.index)).toEqual(all);
  });
});

describe('windows', () => {
  it('cut a load at every multiple of their length, and leave empty ones out', () => {
    const at = [0, 400, 999, 1000, 3100].map((atUs, index) => ({ index, atUs }));
    expect([...windowsOf(at, 1000)]).toEqual([
      { index: 0, arrivals: at.slice(0, 3) },
      { index: 1, arrivals: [{ index: 3, atUs: 0 }] },
      { index: 3, arrivals: [{ index: 4, atUs: 100 }] },
    ]);
  });
});

describe('sessions at once', () => {
  const upAndDown: Stage[] = [
    { durationUs: 10, target: 10 },
    { durationUs: 10, target: 10 },
    { durationUs: 10, target: 0 },
  ];
  it.each<[why: string, level: number, fromUs: number, expected: number | undefined]>([
    ['rise in a line', 5, 0, 6],
    ['are as many as there may be', 5, 12, 12],
    ['fall in a line', 5, 24, 24],
    ['fall below, and never come again', 5, 26, undefined],
    ['are never more than the target', 10, 0, undefined],
    ['are over', 0, 30, undefined],
  ])('%s', (_why, level, fromUs, expected) => {
    expect(aboveFromUs(upAndDown, level, fromUs)).toBe(expected);
  });
});
