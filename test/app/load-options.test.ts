import { describe, expect, it } from 'vitest';
import { type LoadOptions, resolveLoad } from '../../src/app/options/load.ts';
import { parseStages } from '../../src/app/options/settings/stages.ts';
import type { StopOptions } from '../../src/app/options/stop.ts';
import { UsageError } from '../../src/errors.ts';
import { parsePerSecond } from '../../src/units.ts';

const around = { transports: ['ws'], seed: 1, shard: undefined, concurrency: undefined };
const resolve = (options: LoadOptions & StopOptions) => resolveLoad(options, around);
const rates = [{ durationMs: 1000, ratePerSecond: 2 }];
const sessions = [{ durationMs: 1000, sessions: 2 }];

describe('a load', () => {
  it('is rounds unless something else is asked for', () => {
    expect(resolve({})).toMatchObject({ load: undefined, iterations: 10, stop: undefined });
  });

  it.each<[why: string, LoadOptions & StopOptions, iterations: number, windowMs: number]>([
    ['30 s of a rate', { ratePerSecond: 10 }, 300, 3000],
    ['a rate for a time', { ratePerSecond: 10, durationMs: 1000 }, 10, 100],
    ['so many of a rate, however long', { ratePerSecond: 10, iterations: 50 }, 50, 500],
    ['both: what is over first', { ratePerSecond: 10, iterations: 50, durationMs: 1000 }, 10, 100],
    ['turns of another length', { ratePerSecond: 10, windowMs: 700 }, 300, 700],
    ['stages of rates', { stages: rates }, 1, 100],
  ])('%s', (_why, options, iterations, windowMs) => {
    const resolved = resolve(options);
    expect(resolved).toMatchObject({ iterations, load: { by: 'rate', windowUs: windowMs * 1000 } });
    expect(resolved.concurrency).toBeGreaterThan(0);
  });

  it('of stages of sessions has as many lanes as the most of them', () => {
    expect(resolve({ stages: sessions })).toMatchObject({
      ...{ concurrency: 2, load: { by: 'sessions' } },
      stop: { maxTimeMs: 1000 },
    });
  });

  it.each<[LoadOptions & StopOptions, RegExp]>([
    [{ ratePerSecond: 0 }, /^rate: expected a number from 0.001/],
    [{ ratePerSecond: NaN }, /^rate: expected a number/],
    [{ arrival: 'poisson' }, /^arrival: goes with a rate/],
    [{ windowMs: 100 }, /^window: goes with a rate/],
    [{ ratePerSecond: 1, stages: rates }, /^stages: .*leave rate and duration out/],
    [{ durationMs: 10, stages: rates }, /^stages: .*leave rate and duration out/],
    [{ durationMs: 10, stages: sessions }, /^stages: .*leave concurrency and duration out/],
    [{ stages: [...rates, ...sessions] }, /^stages: expected all of them to be rates/],
    [{ stages: [{ durationMs: 0, sessions: 3 }] }, /^stages: expected some sessions/],
    [{ stages: [{ durationMs: 10, ratePerSecond: 0 }] }, /^rate: nothing is due/],
    [{ stages: [{ durationMs: -1, sessions: 3 }] }, /^stages: expected times/],
    [{ ratePerSecond: 10, until: 0.02 }, /^until: /],
    [{ durationMs: 10, maxTimeMs: 10 }, /^duration: .*got both/],
    [{ durationMs: 0 }, /^duration: expected a time/],
    [{ ratePerSecond: 1_000_000, durationMs: 60_000 }, /^rate: expected at most 1000000/],
    [{ ramp: true, stages: rates }, /^stages: a ramp/],
    [{ ramp: true, iterations: 5 }, /^iterations: a ramp/],
  ])('%o is refused', (options, message) => {
    expect(() => resolve(options)).toThrow(UsageError);
    expect(() => resolve(options)).toThrow(message);
  });

  it('as a ramp is not parted among machines', () => {
    const parted = { ...around, shard: { index: 1, count: 2 } };
    expect(() => resolveLoad({ ramp: true }, parted)).toThrow(/no shard/);
  });
});

describe('a flag', () => {
  it.each([
    ['20', 20],
    ['20/s', 20],
    ['0.5/s', 0.5],
    ['30/m', 0.5],
  ])('%s is %d a second', (text, expected) => {
    expect(parsePerSecond(text, 'rate')).toBe(expected);
  });

  it.each(['', '-1', '10/h', '1e3', 'fast', '10 /s'])('%o is no rate', (text) => {
    expect(() => parsePerSecond(text, 'rate')).toThrow(/^rate: expected a rate such as 20/);
  });

  it('stages are those of k6, or with a unit those of a rate', () => {
    expect(parseStages('30s:100, 2m:0', 'stages')).toEqual([
      { durationMs: 30_000, sessions: 100 },
      { durationMs: 120_000, sessions: 0 },
    ]);
    expect(parseStages('0s:60/m', 'stages')).toEqual([{ durationMs: 0, ratePerSecond: 1 }]);
  });

  it.each(['', '30s', '30s:', ':10', '30:10', '1s:2:3', '1s:x', '1s:1,'])(
    '%o is no stages',
    (text) => {
      expect(() => parseStages(text, 'stages')).toThrow(UsageError);
    },
  );
});
