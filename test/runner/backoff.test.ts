import { describe, expect, it } from 'vitest';
import { drawOf, retryDelayMs } from '../../src/runner/recovery/backoff.ts';

const longEnough = { leftMs: 1e6 };

describe('the wait before a retry', () => {
  it.each([
    ['begins below 500 ms', 0, 1, 500],
    ['doubles', 1, 1, 1000],
    ['and again', 3, 1, 4000],
    ['up to 8 s', 4, 1, 8000],
    ['and no further', 30, 1, 8000],
    ['may be none at all', 4, 0, 0],
    ['is spread evenly in between', 2, 0.25, 500],
  ])('%s', (_reason, retries, draw, expected) => {
    expect(retryDelayMs(undefined, { ...longEnough, retries, draw })).toBeCloseTo(expected);
  });

  it.each([
    ['is what the server asks for', 1500, 1500],
    ['even at once', 0, 0],
    ['up to a minute', 60_000, 60_000],
    ['and is none beyond', 60_001, undefined],
  ])('%s', (_reason, hintMs, expected) => {
    expect(retryDelayMs(hintMs, { ...longEnough, retries: 0, draw: 1 })).toBe(expected);
  });

  it('is none where it would pass the deadline', () => {
    expect(retryDelayMs(1000, { retries: 0, draw: 0, leftMs: 1000 })).toBeUndefined();
    expect(retryDelayMs(1000, { retries: 0, draw: 0, leftMs: 1001 })).toBe(1000);
  });

  it('is drawn by seed and place: the same again, and different elsewhere', () => {
    const places = Array.from({ length: 40 }, (_, step) => [step, step % 3] as const);
    const draws = places.map((place) => drawOf(7, ...place));
    expect(places.map((place) => drawOf(7, ...place))).toEqual(draws);
    expect(new Set([...draws, ...places.map((place) => drawOf(8, ...place))]).size).toBe(80);
    for (const draw of draws) {
      expect(draw).toBeGreaterThanOrEqual(0);
      expect(draw).toBeLessThan(1);
    }
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeGreaterThan(0.3);
    expect(mean).toBeLessThan(0.7);
  });
});
