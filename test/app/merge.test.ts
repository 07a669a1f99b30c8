import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../src/app/merge/part.ts';
import { mergeResults } from '../../src/app/merge.ts';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { histogramOf } from '../../src/measure/histogram.ts';
import { buildResult, type ResultInput } from '../../src/result/build.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { type Result, resultSchema } from '../../src/result/schema.ts';
import { contradictionIn } from '../../src/result/verify.ts';
import { madeUpResult, madeUpRounds } from '../result/made-up.ts';

const names = ['http', 'http-keepalive', 'ws'];

/** A made-up shard with these rounds and these gaps between deltas on every arm. */
function shard(
  index: number,
  count: number,
  {
    rounds,
    gapsUs = [1000],
    run = {},
  }: { rounds: RoundRecord[]; gapsUs?: number[]; run?: Partial<ResultInput['run']> },
): Part {
  const { control: _none, ...whole } = madeUpResult({ rounds: 1 });
  const { fingerprint: _, ...made } = whole.run;
  const result = buildResult({
    ...whole,
    toolVersion: whole.tool.version,
    run: {
      ...made,
      id: `run-${index}`,
      shard: { index, count },
      ...run,
      options: { ...made.options, iterations: Math.max(1, rounds.length), ...run.options },
    },
    rounds,
    interToken: Object.fromEntries(names.map((name) => [name, histogramOf(gapsUs)])),
    comparisons: [],
    warnings: [],
  });
  return { source: `shard-${index}.json`, result };
}

function twoShards(edit: Partial<ResultInput['run']> = {}): [Part, Part] {
  const rounds = madeUpRounds(names, 4, 2);
  return [
    shard(1, 2, { rounds: rounds.filter(({ index }) => index % 2 === 0) }),
    shard(2, 2, { rounds: rounds.filter(({ index }) => index % 2 === 1), run: edit }),
  ];
}

/** All figures, in whatever order they were summed, and histograms bucket by bucket. */
function plain({ transports }: Result): unknown {
  return JSON.parse(
    JSON.stringify(transports, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(9)) : value,
    ),
  );
}

describe('merged results', () => {
  it('hold what one run of all the rounds holds', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 4_000_000_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(gaps, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 4 }),
        (gapsUs, each) => {
          const count = gapsUs.length;
          const rounds = madeUpRounds(names, count * each, 3);
          const parts = gapsUs.map((own, at) =>
            shard(at + 1, count, {
              rounds: rounds.filter(({ index }) => index % count === at),
              gapsUs: own,
            }),
          );
          const merged = mergeResults(parts.toReversed());
          const pooled = shard(1, 1, { rounds, gapsUs: gapsUs.flat() }).result;
          expect(plain(merged)).toEqual(plain(pooled));
          expect(merged.rounds).toEqual(pooled.rounds);
          expect(merged.run.complete).toBe(true);
          expect(contradictionIn(resultSchema.parse(merged))).toBeUndefined();
          expect(() => {
            verifyComparisons(merged, 'merged');
          }).not.toThrow();
        },
      ),
      { numRuns: 10 },
    );
  });

  it('keep the order of each run where these came one after another', () => {
    const [first, second] = twoShards({
      startedAt: '2026-11-22T19:00:00.000Z',
      finishedAt: '2026-11-22T19:01:00.000Z',
    });
    const { rounds } = mergeResults([second, first]);
    const before = [...first.result.rounds, ...second.result.rounds];
    expect(rounds.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rounds.map(({ workflows }) => workflows)).toEqual(
      before.map(({ workflows }) => workflows),
    );
  });

  it('say of which run a warning was, once', () => {
    const [first, second] = twoShards();
    second.result.warnings = [{ code: 'late_loop', message: 'late' }];
    expect(mergeResults([first, second]).warnings).toContainEqual({
      code: 'late_loop',
      message: 'shard 2/2: late',
    });
  });

  it('may be merged again with what was missing', () => {
    const [first, second] = twoShards();
    const part = { source: 'part', result: mergeResults([first], { partial: true }) };
    const { run, rounds, warnings } = mergeResults([part, second]);
    expect(run).toMatchObject({ complete: true, merged: [{ id: 'run-1' }, { id: 'run-2' }] });
    expect(rounds).toHaveLength(4);
    expect(warnings.map(({ code }) => code)).not.toContain('shards_missing');
    expect(() => mergeResults([part, first])).toThrow(/every run once, got run-1 again/);
  });

  it('of unlike machines say so', () => {
    const [first, second] = twoShards();
    second.result.environment.cpuModel = 'Another CPU';
    second.result.run.fingerprint.cpuModel = 'Another CPU';
    const { warnings, environment } = mergeResults([first, second]);
    expect(environment.cpuModel).toBe('Another CPU + Example CPU');
    expect(warnings[0]).toMatchObject({ code: 'machines_differ' });
  });
});

describe('merge refuses', () => {
  const { options, endpoint, scenario } = madeUpResult({ rounds: 1 }).run;
  it.each<{ why: string; edit: Partial<ResultInput['run']>; reason: RegExp }>([
    {
      why: 'another scenario',
      edit: { scenario: { ...scenario, sha256: 'ef'.repeat(32) } },
      reason: /shard-2\.json: expected what shard-1\.json measured.*scenario abab.*efef/,
    },
    {
      why: 'another base',
      edit: { options: { ...options, transports: names.toReversed() } },
      reason: /order of transports/,
    },
    {
      why: 'another load',
      edit: { options: { ...options, concurrency: 2 } },
      reason: /concurrency 10 there, 2 here/,
    },
    { why: 'another seed', edit: { seed: 2 }, reason: /seed 1 there, 2 here/ },
    {
      why: 'other faults',
      edit: { endpoint: { ...endpoint, fault: '429@0.1' } },
      reason: /fault none there, 429@0\.1 here/,
    },
    {
      why: 'a shard of another number',
      edit: { shard: { index: 2, count: 3 } },
      reason: /number of shards 2 there, 3/,
    },
    {
      why: 'the same run again',
      edit: { id: 'run-1' },
      reason: /every run once, got run-1 again, which is in shard-1/,
    },
    {
      why: 'the same shard again',
      edit: { shard: { index: 1, count: 2 } },
      reason: /every shard once, got 1\/2 again/,
    },
  ])('$why, with --partial too', ({ edit, reason }) => {
    expect(() => mergeResults(twoShards(edit), { partial: true })).toThrow(reason);
  });

  it.each<{ why: string; parts: Part[]; reason: RegExp; code: string; stopReason: string }>([
    {
      why: 'a missing shard',
      parts: twoShards().slice(1),
      reason: /expected all 2 shards, got 1: missing 1; --partial/,
      code: 'shards_missing',
      stopReason: 'shards_missing',
    },
    {
      why: 'a shard that was killed',
      parts: twoShards({ complete: false, stopReason: 'killed' }),
      reason: /expected complete runs, got shard 2\/2 \(killed\); --partial/,
      code: 'shards_incomplete',
      stopReason: 'killed',
    },
  ])('$why, unless told to go on', ({ parts, reason, code, stopReason }) => {
    expect(() => mergeResults(parts)).toThrow(reason);
    const { run, warnings } = mergeResults(parts, { partial: true });
    expect(run).toMatchObject({ complete: false, stopReason });
    expect(warnings[0]?.code).toBe(code);
  });
});
