import { describe, expect, it } from 'vitest';
import { pairsOf } from '../../src/compare/change/pairs.ts';
import { halfWidth, widestHalfWidth } from '../../src/compare/rounds/precision.ts';
import { medianRatio } from '../../src/stats/median-ratio.ts';
import { roundsTaking } from './rounds-taking.ts';

describe('half the width of an interval', () => {
  it.each<[why: string, lower: number, upper: number, share: number]>([
    ['0.9 either side of a factor of 1.02', 0.9 / 1.02, 0.9 * 1.02, 0.02],
    ['the same where the ratio is 3', 3 / 1.02, 3 * 1.02, 0.02],
    ['no width', 0.8, 0.8, 0],
  ])('%s', (_why, lower, upper, share) => {
    expect(halfWidth({ level: 0.95, lower, upper })).toBeCloseTo(share, 12);
  });

  it('is that of the widest comparison', () => {
    const ones = Array.from({ length: 12 }, () => 1e6);
    const narrow = ones.map((us, at) => us * (1 + at / 1000));
    const wide = ones.map((us, at) => us * (1 + at / 10));
    const rounds = roundsTaking({ http: ones, ws: narrow, http2: wide });
    const interval = medianRatio(wide.map((us) => [1e6, us]))?.interval;
    const ws = pairsOf('http', 'ws', 'workflow_e2e', rounds);
    const both = widestHalfWidth([ws, pairsOf('http', 'http2', 'workflow_e2e', rounds)]);
    expect(interval && halfWidth(interval)).toBeCloseTo(both ?? NaN, 12);
    expect(widestHalfWidth([ws])).toBeLessThan(0.01);
    expect(both).toBeGreaterThan(0.1);
  });

  it('is unknown where a comparison has fewer rounds than an interval needs, or there is none', () => {
    const five = Array.from({ length: 5 }, () => [1e6, 1e6] as const);
    expect(widestHalfWidth([five])).toBeNull();
    expect(widestHalfWidth([])).toBeNull();
  });
});
