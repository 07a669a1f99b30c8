import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPace } from '../../src/cli/terminal/pace.ts';

/** The ends of all sessions of a schedule whose arms take so long, in the order of time. */
function played(size: { rounds: number; concurrency: number }, armsMs: readonly number[]) {
  const lanes = Array.from({ length: Math.min(size.concurrency, size.rounds) }, () => 0);
  const ends: { arm: number; tookMs: number; atMs: number; last: boolean }[] = [];
  for (let round = 0; round < size.rounds; round++) {
    const lane = lanes.indexOf(Math.min(...lanes));
    for (const [arm, tookMs] of armsMs.entries()) {
      const atMs = (lanes[lane] ?? 0) + tookMs;
      lanes[lane] = atMs;
      ends.push({ arm, tookMs, atMs, last: arm === armsMs.length - 1 });
    }
  }
  return { ends: ends.sort((a, b) => a.atMs - b.atMs), overMs: Math.max(...lanes) };
}

it('knows the time left within a factor of 1.5 from the first round on', () => {
  const size = fc.record({
    rounds: fc.integer({ min: 1, max: 40 }),
    concurrency: fc.integer({ min: 1, max: 20 }),
  });
  const armsMs = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(size, armsMs, (size, armsMs) => {
      const pace = createPace({ ...size, arms: armsMs.length });
      const { ends, overMs } = played(size, armsMs);
      let sawRound = false;
      for (const { arm, tookMs, atMs, last } of ends) {
        pace.ended(String(arm), tookMs);
        sawRound ||= last;
        if (!sawRound) continue;
        const told = pace.leftMs(atMs) ?? 0;
        expect(told).toBeLessThanOrEqual(1.5 * (overMs - atMs) + 1);
        expect(told).toBeGreaterThanOrEqual((overMs - atMs) / 1.5 - 1);
      }
    }),
  );
});

it.each([
  {
    why: 'sessions in stages',
    size: { byClock: true as const, lastsMs: 60_000 },
    atMs: 20_000,
    left: 40_000,
  },
  {
    why: 'a rate, whose 20 turns wait a second for their last workflow',
    size: { byClock: true as const, lastsMs: 60_000, turns: 20 },
    atMs: 20_000,
    left: 60_000,
  },
  {
    why: 'a rate whose last workflows take longer',
    size: { byClock: true as const, lastsMs: 60_000, turns: 20 },
    atMs: 81_000,
    left: undefined,
  },
  {
    why: 'a ramp, whose end nobody knows',
    size: { byClock: true as const },
    atMs: 5000,
    left: undefined,
  },
  { why: 'rounds for a time', size: { lastsMs: 60_000 }, atMs: 20_000, left: 40_000 },
  {
    why: 'rounds that are over sooner',
    size: { rounds: 30, lastsMs: 60_000 },
    atMs: 20_000,
    left: 10_000,
  },
])('goes by the clock where that ends the run: $why', ({ size, atMs, left }) => {
  const pace = createPace({ rounds: 1_000_000, arms: 1, concurrency: 1, ...size });
  pace.ended('ws', 1000);
  expect(pace.leftMs(atMs)).toBe(left);
});

it('says nothing before a session has ended', () => {
  expect(createPace({ rounds: 3, arms: 2, concurrency: 1 }).leftMs(100)).toBeUndefined();
});
