import { expect, it } from 'vitest';
import { type LoadOptions, resolveLoad } from '../../src/app/options/load.ts';
import type { StopOptions } from '../../src/app/options/stop.ts';
import { clockOf } from '../../src/app/run/clock.ts';

const around = { transports: ['http', 'ws'], seed: 1, concurrency: undefined };
const third = { index: 1, count: 3 };

it.each<{ why: string; options: LoadOptions & StopOptions; shard?: typeof third; clock: object }>([
  { why: 'rounds only', options: { iterations: 3 }, clock: {} },
  { why: 'rounds for a time', options: { durationMs: 5000 }, clock: { lastsMs: 5000 } },
  {
    why: 'a precision by a time',
    options: { until: 0.02, maxTimeMs: 9000 },
    clock: { lastsMs: 9000 },
  },
  {
    why: 'sessions',
    options: { stages: [{ durationMs: 4000, sessions: 3 }] },
    clock: { lastsMs: 4000 },
  },
  {
    why: 'a turn of each',
    options: { ratePerSecond: 5, durationMs: 6000 },
    clock: { lastsMs: 12_000, turns: 20 },
  },
  {
    why: 'a rate that goes on',
    options: { ratePerSecond: 5, iterations: 10 },
    clock: { lastsMs: 4000, turns: 20 },
  },
  {
    why: 'a third of the arrivals, which take as long',
    ...{
      options: { ratePerSecond: 5, durationMs: 6000 },
      shard: third,
      clock: { lastsMs: 12_000, turns: 20 },
    },
  },
  { why: 'a ramp', options: { ramp: true, durationMs: 1000 }, clock: {} },
  {
    why: 'a ramp, whose last rate is held to its end',
    options: { ramp: true, maxTimeMs: 7000 },
    clock: {},
  },
])('knows when the clock ends a run: $why', ({ options, shard, clock }) => {
  const load = resolveLoad(options, { ...around, shard });
  expect(clockOf({ ...load, shard }, around.transports.length)).toEqual(clock);
});
