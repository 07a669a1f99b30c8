import fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, it } from 'vitest';
import {
  type Chunk,
  createPath,
  INITIAL_WINDOW_BYTES,
  type LinkSettings,
  MSS_BYTES,
  offer,
} from '../../src/network/link-model.ts';
import { plainLink } from '../../src/network/link-presets.ts';

const noJitter = (): number => 0;

/** One connection that sends bodies and gets small answers; tells how many round trips each exchange took. */
function connection(settings: LinkSettings): {
  send(bytes: number): number;
  idle(ms: number): void;
} {
  const path = createPath(settings);
  let clockMs = 1000;
  return {
    send(bytes) {
      const chunks = offer(path, settings, clockMs, bytes, noJitter);
      const answeredMs = (chunks.at(-1)?.dueMs ?? NaN) + settings.rttMs / 2;
      const trips = (answeredMs - clockMs) / settings.rttMs;
      clockMs = answeredMs;
      return trips;
    },
    idle(ms) {
      clockMs += ms;
    },
  };
}

/** Round trips of the cases that the kernel was measured in. */
function cases(settings: LinkSettings, bytes: number): Record<string, number> {
  const cold = connection(settings);
  cold.send(500);
  const trips: Record<string, number> = { 'warm-cold': cold.send(bytes) };
  trips['second'] = cold.send(bytes);
  trips['hot'] = cold.send(bytes);
  for (const idleMs of [400, 600, 900, 1400, 2000]) {
    const hot = connection(settings);
    for (let body = 0; body < 3; body++) hot.send(bytes);
    hot.idle(idleMs);
    trips[`idle-${idleMs}`] = hot.send(bytes);
  }
  return trips;
}

it.each([20, 50])('a window that pauses cost nothing stays as it was, at %i ms', (rttMs) => {
  const loses = cases(plainLink(rttMs), 200_000);
  const keeps = cases({ ...plainLink(rttMs), idleRestart: false }, 200_000);
  expect(keeps).toMatchObject({ 'warm-cold': loses['warm-cold'], hot: 1, 'idle-2000': 1 });
  expect(loses['idle-2000']).toBeGreaterThan(1);
});

describe('against the kernel', () => {
  // Median modes of Linux 6.18 with CUBIC, in round trips; the number of times each was seen is in docs/link-model.md.
  it.each([
    // Less than the first window never waits.
    { rttMs: 20, KB: 12, kernel: [1, 1, 1, 1, 1, 1, 1, 1] },
    { rttMs: 50, KB: 12, kernel: [1, 1, 1, 1, 1, 1, 1, 1] },
    // Two flights; half the window of 80 KB holds the body, a quarter of it doesn't.
    { rttMs: 20, KB: 40, kernel: [2, 1, 1, 1, 2, 2, 2, 2] },
    { rttMs: 50, KB: 40, kernel: [2, 1, 1, 1, 2, 2, 2, 2] },
    // The receive window costs one flight; the idle time-out of 220 ms passes four times in 900 ms, of 250 ms three.
    { rttMs: 20, KB: 200, kernel: [5, 2, 1, 1, 2, 4, 4, 4] },
    { rttMs: 50, KB: 200, kernel: [5, 2, 1, 1, 2, 3, 4, 4] },
    { rttMs: 20, KB: 800, kernel: [7, 1, 1, 1, 2, 4, 6, 6] },
    { rttMs: 50, KB: 800, kernel: [7, 1, 1, 1, 2, 3, 5, 6] },
  ])('$KB KB at $rttMs ms', ({ rttMs, KB, kernel }) => {
    const trips = cases(plainLink(rttMs), KB * 1000);

    expect(Object.values(trips).map((trip) => Number(trip.toFixed(6)))).toEqual(kernel);
  });

  // Most frequent modes in ms: warm-cold, second, hot, after 0.4, 0.6, 0.9, 1.4 and 2 s.
  it.each([
    {
      rttMs: 100,
      KB: 40,
      kernelMs: [201.1, 100.9, 101, 101, 201.1, 201.2, 201.3, 201.4],
      why: 'a time-out of 304 ms passes twice in 0.7 s',
    },
    {
      rttMs: 100,
      KB: 200,
      kernelMs: [502.3, 201.5, 101.4, 101.5, 201.7, 302.1, 402.6, 402.4],
      why: 'the flight that the receive window cut short grows the window to 125 segments, 14 too few for a second body',
    },
    {
      rttMs: 100,
      KB: 800,
      kernelMs: [703.5, 103.8, 103.8, 103.8, 203.3, 303.5, 403.7, 604],
      why: 'all segments grow the window, those of the last flight too: 564, enough for a second body',
    },
    {
      rttMs: 150,
      KB: 40,
      kernelMs: [301.1, 150.9, 150.9, 150.9, 151, 301.3, 301.3, 301.3],
      why: 'the time-out begins at three round trips: 0.75 s are less than two of them',
    },
    {
      rttMs: 150,
      KB: 200,
      kernelMs: [752.3, 301.7, 151.5, 151.4, 301.9, 301.9, 602.4, 602.5],
      why: '1.05 s are less than three time-outs of 360 ms',
    },
    {
      rttMs: 150,
      KB: 800,
      kernelMs: [1053.8, 153.8, 154.1, 153.9, 303.3, 303.4, 603.5, 754.4],
      why: '2.15 s are less than six time-outs of 360 ms',
    },
  ])('$KB KB at $rttMs ms within 8 %: $why', ({ rttMs, KB, kernelMs }) => {
    const trips = Object.values(cases(plainLink(rttMs), KB * 1000));

    expect(trips).toHaveLength(kernelMs.length);
    for (const [index, ms] of kernelMs.entries()) {
      expect(Math.abs(((trips[index] ?? NaN) * rttMs) / ms - 1)).toBeLessThan(0.08);
    }
  });

  it('takes the other of the two modes of 200 KB with a window of 128 KB', () => {
    const trips = cases({ ...plainLink(50), receiveWindowBytes: 131_072 }, 200_000);

    expect(trips['warm-cold']).toBeCloseTo(4);
  });
});

describe('offer', () => {
  it.each([
    { bytes: 1, flights: [1], why: 'a byte leaves at once' },
    {
      bytes: INITIAL_WINDOW_BYTES,
      flights: [INITIAL_WINDOW_BYTES],
      why: 'the first window is ten segments',
    },
    {
      bytes: INITIAL_WINDOW_BYTES + 1,
      flights: [INITIAL_WINDOW_BYTES, 1],
      why: 'one byte more waits a round trip',
    },
    {
      bytes: 100_000,
      flights: [10 * MSS_BYTES, 20 * MSS_BYTES, 100_000 - 30 * MSS_BYTES],
      why: 'each flight doubles the last',
    },
  ])('$why', ({ bytes, flights }) => {
    const settings = plainLink(40);

    const chunks = offer(createPath(settings), settings, 0, bytes, noJitter);

    expect(chunks).toEqual(flights.map((flight, n) => ({ bytes: flight, dueMs: 20 + 40 * n })));
  });

  it('sends everything at once without slow start, after any pause', () => {
    const settings: LinkSettings = { ...plainLink(40), slowStart: false };
    const path = createPath(settings);

    for (const nowMs of [0, 1, 10_000]) {
      expect(offer(path, settings, nowMs, 2_000_000, noJitter)).toEqual([
        { bytes: 2_000_000, dueMs: nowMs + 20 },
      ]);
    }
  });

  it('takes the time that the bandwidth takes, and queues behind what was sent before', () => {
    const settings: LinkSettings = {
      ...plainLink(40),
      slowStart: false,
      bandwidthBitsPerSecond: 8_000_000,
    };
    const path = createPath(settings);

    const first = offer(path, settings, 0, 100_000, noJitter);
    const second = offer(path, settings, 10, 1000, noJitter);

    expect(first.at(-1)?.dueMs).toBeCloseTo(100 + 20);
    expect(second.at(-1)?.dueMs).toBeCloseTo(101 + 20);
  });

  it('lets small messages grow no window', () => {
    const small = connection(plainLink(40));
    for (let message = 0; message < 100; message++) small.send(1000);

    expect(small.send(INITIAL_WINDOW_BYTES + 1)).toBeCloseTo(2);
  });

  it('conserves bytes and order, and is never faster than the path', () => {
    fc.assert(
      fc.property(settingsArbitrary, writesArbitrary, fc.integer(), (settings, writes, seed) => {
        const random = xoroshiro128plus(seed);
        const path = createPath(settings);
        let lastDueMs = -Infinity;
        let nowMs = 0;
        for (const { pauseMs, bytes } of writes) {
          nowMs += pauseMs;
          const chunks = offer(path, settings, nowMs, bytes, () => uniformFloat64(random));
          expect(sum(chunks)).toBe(bytes);
          for (const { bytes: chunkBytes, dueMs } of chunks) {
            expect(chunkBytes).toBeGreaterThan(0);
            expect(dueMs).toBeGreaterThanOrEqual(nowMs + settings.rttMs / 2);
            expect(dueMs).toBeGreaterThanOrEqual(lastDueMs);
            lastDueMs = dueMs;
          }
        }
      }),
    );
  });

  it('never has more in flight than the larger of the windows allows', () => {
    fc.assert(
      fc.property(settingsArbitrary, writesArbitrary, (settings, writes) => {
        fc.pre(settings.slowStart);
        const path = createPath(settings);
        let nowMs = 0;
        for (const { pauseMs, bytes } of writes) {
          nowMs += pauseMs;
          const cwndBefore = path.cwndBytes;
          offer(path, settings, nowMs, bytes, () => 0);
          expect(path.peakInflightBytes).toBeLessThanOrEqual(Math.max(path.cwndBytes, cwndBefore));
          expect(path.cwndBytes).toBeGreaterThanOrEqual(INITIAL_WINDOW_BYTES);
        }
      }),
    );
  });
});

const settingsArbitrary: fc.Arbitrary<LinkSettings> = fc.record({
  rttMs: fc.double({ min: 0, max: 300, noNaN: true }),
  bandwidthBitsPerSecond: fc.option(fc.integer({ min: 100_000, max: 1_000_000_000 })),
  jitterMs: fc.double({ min: 0, max: 20, noNaN: true }),
  slowStart: fc.boolean(),
  receiveWindowBytes: fc.constantFrom(MSS_BYTES, 65_536, 131_072),
});

const writesArbitrary = fc.array(
  fc.record({
    pauseMs: fc.double({ min: 0, max: 3000, noNaN: true }),
    bytes: fc.integer({ min: 0, max: 300_000 }),
  }),
  { maxLength: 15 },
);

function sum(chunks: readonly Chunk[]): number {
  return chunks.reduce((total, { bytes }) => total + bytes, 0);
}
