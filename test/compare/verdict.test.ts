import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/compare/gate/verdict.ts';

const margin = { relative: 0.05, absoluteUs: 2000 };

function between(lower: number, upper: number): { level: number; lower: number; upper: number } {
  return { level: 0.95, lower, upper };
}

describe('judge', () => {
  it.each([
    {
      why: 'the whole interval lies above the margin',
      change: { interval: between(1.06, 1.2), baseUs: 1e6, adjustedP: 0.001 },
      verdict: 'regression',
      reason: 'above_limit',
    },
    {
      why: 'nothing was tested beside it',
      change: { interval: between(1.06, 1.2), baseUs: 1e6, adjustedP: null },
      verdict: 'regression',
      reason: 'above_limit',
    },
    {
      why: 'slower for certain, but within the margin',
      change: { interval: between(1.01, 1.04), baseUs: 1e6, adjustedP: 0.001 },
      verdict: 'pass',
      reason: 'below_limit',
    },
    {
      why: 'faster',
      change: { interval: between(0.7, 0.8), baseUs: 1e6, adjustedP: 0.001 },
      verdict: 'pass',
      reason: 'below_limit',
    },
    {
      why: 'the margin lies inside the interval',
      change: { interval: between(1.02, 1.2), baseUs: 1e6, adjustedP: 0.001 },
      verdict: 'inconclusive',
      reason: 'spans_limit',
    },
    {
      why: 'exactly the margin is still allowed, but not shown to be kept',
      change: { interval: between(1.05, 1.05), baseUs: 1e6, adjustedP: 0.001 },
      verdict: 'inconclusive',
      reason: 'spans_limit',
    },
    {
      why: 'too few samples for an interval',
      change: { interval: null, baseUs: 1e6, adjustedP: null },
      verdict: 'inconclusive',
      reason: 'too_few_samples',
    },
    {
      why: 'one of many tested at once, that chance may have picked',
      change: { interval: between(1.06, 1.2), baseUs: 1e6, adjustedP: 0.2 },
      verdict: 'inconclusive',
      reason: 'not_significant',
    },
    {
      why: 'half as slow again, but by less than the absolute margin of 2 ms',
      change: { interval: between(1.4, 1.6), baseUs: 3000, adjustedP: 0.001 },
      verdict: 'pass',
      reason: 'below_limit',
    },
    {
      why: 'above the relative margin, and perhaps above the absolute one',
      change: { interval: between(1.4, 1.8), baseUs: 3000, adjustedP: 0.001 },
      verdict: 'inconclusive',
      reason: 'spans_limit',
    },
    {
      why: 'there is no base to take a share of',
      change: { interval: between(1.4, 1.8), baseUs: NaN, adjustedP: 0.001 },
      verdict: 'inconclusive',
      reason: 'spans_limit',
    },
  ])('$verdict: $why', ({ change, verdict, reason }) => {
    expect(judge(change, margin, 300)).toMatchObject({ verdict, reason });
  });

  it.each([
    { why: 'of a long base', baseUs: 1e6, noiseFloorUs: 300, us: 50_000, from: 'relative_margin' },
    { why: 'of a short base', baseUs: 1e4, noiseFloorUs: 300, us: 2000, from: 'absolute_margin' },
    { why: 'of a coarse machine', baseUs: 1e4, noiseFloorUs: 9000, us: 9000, from: 'noise_floor' },
  ])('allows what the largest of its rules does: $from $why', (row) => {
    const change = { interval: between(2, 3), baseUs: row.baseUs, adjustedP: null };
    const { limit } = judge(change, margin, row.noiseFloorUs);
    expect(limit.us).toBeCloseTo(row.us, 6);
    expect(limit.from).toBe(row.from);
  });

  it('never gets worse where the candidate gets faster', () => {
    const order = ['pass', 'inconclusive', 'regression'];
    const ratio = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, fc.double({ min: 0.1, max: 1, noNaN: true }), (a, b, faster) => {
        const [lower, upper] = a < b ? [a, b] : [b, a];
        const rank = (factor: number): number => {
          const interval = between(lower * factor, upper * factor);
          return order.indexOf(judge({ interval, baseUs: 1e5, adjustedP: 0 }, margin, 0).verdict);
        };
        expect(rank(faster)).toBeLessThanOrEqual(rank(1));
      }),
    );
  });
});
