import { describe, expect, it } from 'vitest';
import { rampWindows } from '../../../src/app/run/ramp.ts';
import { parseThreshold } from '../../../src/compare/gate/thresholds.ts';
import { loadFigures } from '../../../src/compare/load/figures.ts';
import type { Knee, RateRecord } from '../../../src/result/load/schema.ts';
import type { RoundRecord } from '../../../src/result/record.ts';
import { steady } from '../../../src/runner/load/stages.ts';
import type { ArrivalWindow } from '../../../src/runner/load/windows.ts';
import { arrivedRounds } from './arrived.ts';

interface Server {
  slots: number;
  takesMs: (k: number) => number;
}

/** What a server with so many places makes of a window: who comes waits for the first place that falls free. */
function serve(
  { arrivals, perSecond, index: window }: ArrivalWindow,
  server: Server,
): RoundRecord[] {
  const freeMs = Array<number>(server.slots).fill(0);
  return arrivedRounds(
    arrivals.map(({ atUs }, k) => {
      const atMs = atUs / 1000;
      freeMs.sort((a, b) => a - b);
      const beginMs = Math.max(atMs, freeMs[0] ?? 0);
      freeMs[0] = beginMs + server.takesMs(k);
      return { window, atMs, takesMs: freeMs[0] - atMs, ...(perSecond && { perSecond }) };
    }),
  );
}

const nothing: Knee = { perSecond: null, notPerSecond: null, mostPerSecond: null };

/** Climbs until the knee is known, each rate for ten seconds. */
function climb(server: Server, first: number, goodWithin: readonly string[] = []) {
  const windowUs = 10e6;
  const load = {
    ...({ by: 'rate', arrival: 'constant', windowUs, ramp: true } as const),
    stages: steady(first, windowUs),
    goodWithin: goodWithin.map((text) => parseThreshold(text, 'test')),
  };
  const all: RoundRecord[] = [];
  let last: RoundRecord[] = [];
  for (const window of rampWindows(load, { transports: ['ws' as const], seed: 1 }, () => last)) {
    last = serve(window, server);
    all.push(...last);
  }
  const record: RateRecord = {
    ...{ by: 'rate', arrival: 'constant', windowMs: 10_000, ramp: true },
    stages: [{ durationMs: 0, perSecond: first }],
    goodWithin: [...goodWithin],
  };
  const { levels, knees } = loadFigures(['ws'], record, all);
  return { levels, knee: knees?.['ws'] ?? nothing };
}

/** The same scatter each time: a third more or less. */
function scattered(meanMs: number): (k: number) => number {
  return (k) => meanMs * (1 + Math.sin(k * 12.9898) / 3);
}

describe('the knee of a server with places', () => {
  it.each<[why: string, server: Server, capacity: number, first: number]>([
    ['one place', { slots: 1, takesMs: () => 100 }, 10, 1],
    ['eight places', { slots: 8, takesMs: () => 400 }, 20, 1],
    ['places for long sessions', { slots: 50, takesMs: () => 5000 }, 10, 1],
    ['a fast server, from its own rate on', { slots: 4, takesMs: () => 20 }, 200, 200],
    ['begun far above it', { slots: 2, takesMs: () => 100 }, 20, 300],
    ['service times that scatter', { slots: 4, takesMs: scattered(200) }, 20, 3],
  ])('%s: is found within 10 %% of what they can do', (_why, server, capacity, first) => {
    const { knee, levels } = climb(server, first);
    expect(Math.abs((knee.perSecond ?? NaN) / capacity - 1)).toBeLessThan(0.1);
    expect(Math.abs((knee.mostPerSecond ?? NaN) / capacity - 1)).toBeLessThan(0.1);
    expect((knee.notPerSecond ?? NaN) / (knee.perSecond ?? NaN)).toBeLessThan(1.051);
    expect(levels.length).toBeLessThan(20);
  });

  it('comes sooner where workflows must be good, not only done', () => {
    // Whatever the rate, every tenth takes longer than that: never are 95 % good.
    const server = { slots: 4, takesMs: (k: number) => (k % 10 === 0 ? 300 : 100) };
    expect(climb(server, 4).knee.perSecond).toBeGreaterThan(25);
    const { knee, levels } = climb(server, 4, ['workflow_e2e: p(95)<200ms']);
    expect(knee).toMatchObject({ perSecond: null });
    expect(levels.length).toBeLessThan(10);
  });
});
