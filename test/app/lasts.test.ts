import { expect, it } from 'vitest';
import { type LoadOptions, resolveLoad } from '../../src/app/options/load.ts';
import type { StopOptions } from '../../src/app/options/stop.ts';
import { lastsMsOf } from '../../src/app/run/lasts.ts';

const around = { transports: ['http', 'ws'], seed: 1, concurrency: undefined };
const third = { index: 1, count: 3 };

it.each<{ why: string; options: LoadOptions & StopOptions; shard?: typeof third; ms?: number }>([
  { why: 'rounds only', options: { iterations: 3 } },
  { why: 'rounds for a time', options: { durationMs: 5000 }, ms: 5000 },
  { why: 'a precision by a time', options: { until: 0.02, maxTimeMs: 9000 }, ms: 9000 },
  { why: 'sessions', options: { stages: [{ durationMs: 4000, sessions: 3 }] }, ms: 4000 },
  { why: 'a turn of each', options: { ratePerSecond: 5, durationMs: 6000 }, ms: 12_000 },
  { why: 'a rate that goes on', options: { ratePerSecond: 5, iterations: 10 }, ms: 4000 },
  {
    why: 'a third of the arrivals, which take as long',
    ...{ options: { ratePerSecond: 5, durationMs: 6000 }, shard: third, ms: 12_000 },
  },
  { why: 'a ramp', options: { ramp: true, durationMs: 1000 } },
  { why: 'a ramp that may not go on for ever', options: { ramp: true, maxTimeMs: 7000 }, ms: 7000 },
])('knows when the clock ends a run: $why', ({ options, shard, ms }) => {
  const load = resolveLoad(options, { ...around, shard });
  expect(lastsMsOf({ ...load, shard }, around.transports.length)).toBe(ms);
});
