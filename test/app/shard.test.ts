import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawsOf, readShard } from '../../src/app/options/shard.ts';
import { roundOrder, runRounds } from '../../src/runner/schedule.ts';
import { madeUpResult } from '../result/made-up.ts';

describe('--shard', () => {
  it.each([
    ['by hand', '2/4', {}, { index: 2, count: 4 }],
    ['all of it', '1/1', {}, { index: 1, count: 1 }],
    ['an Indexed Job', 'auto/3', { JOB_COMPLETION_INDEX: '0' }, { index: 1, count: 3 }],
    [
      'a Slurm array',
      'auto',
      { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '0' },
      { index: 4, count: 4 },
    ],
    [
      'one task of a Slurm array again',
      'auto/4',
      { SLURM_ARRAY_TASK_ID: '2', SLURM_ARRAY_TASK_COUNT: '1', SLURM_ARRAY_TASK_MIN: '2' },
      { index: 3, count: 4 },
    ],
    ['AWS Batch', 'auto/8', { AWS_BATCH_JOB_ARRAY_INDEX: '7' }, { index: 8, count: 8 }],
  ])('takes %s', (_, text, env, expected) => {
    expect(readShard(text, env)).toEqual(expected);
  });

  it.each([
    ['a part beyond the last', '5/4', {}, /from 1 to 4, got 5/],
    ['a part before the first', '0/4', {}, /from 1 to 4, got 0/],
    ['no parts', '1/0', {}, /1 to 100000 parts, got 0/],
    ['a part of nothing', '2', {}, /expected i\/n such as 2\/4, auto\/n or auto, got "2"/],
    ['no number', 'a/b', {}, /got "a\/b"/],
    ['a negative one', '-1/4', {}, /got "-1\/4"/],
    ['nobody who says which', 'auto/4', {}, /JOB_COMPLETION_INDEX.*got none/],
    ['nobody who says how many', 'auto', { JOB_COMPLETION_INDEX: '0' }, /expected --shard auto\/n/],
    ['an index beyond the last', 'auto/2', { JOB_COMPLETION_INDEX: '2' }, /from 0 to 1 .*got 2/],
    ['an index that is none', 'auto/2', { JOB_COMPLETION_INDEX: 'x' }, /whole number in JOB_.*"x"/],
    [
      'a Slurm array that begins with 1',
      'auto',
      { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '1' },
      /array from 0 on/,
    ],
  ])('refuses %s', (_, text, env, expected) => {
    expect(() => readShard(text, env)).toThrow(expected);
  });

  it('gives every shard draws of its own, and none to a whole run', () => {
    const draws = Array.from({ length: 50 }, (_, at) =>
      drawsOf({ seed: 7, shard: { index: at + 1, count: 50 } }),
    );
    expect(new Set([...draws, 7]).size).toBe(51);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(drawsOf({ seed: 7, shard: undefined })).toBe(7);
  });

  it('runs the rounds of one long run, each in one shard, in the order it has there', async () => {
    const [record] = Object.values(madeUpResult({ rounds: 1 }).rounds[0]?.workflows ?? {});
    if (record === undefined) throw new Error('a made-up round has workflows');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (count, rounds) => {
          const schedule = {
            arms: ['a', 'b', 'c'],
            rounds,
            warmupRounds: 1,
            concurrency: 2,
            seed: 3,
          };
          const host = {
            runSession: () => Promise.resolve(record),
            signal: new AbortController().signal,
          };
          const shards = await Promise.all(
            Array.from({ length: count }, (_, at) =>
              runRounds({ ...schedule, shard: { index: at + 1, count } }, host),
            ),
          );
          const all = shards.flat().sort((a, b) => a.index - b.index);
          expect(all.map(({ index, order }) => ({ index, order }))).toEqual(
            Array.from({ length: count * rounds }, (_, index) => ({
              index,
              order: roundOrder(schedule, index, false),
            })),
          );
        },
      ),
    );
  });
});
