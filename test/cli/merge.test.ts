import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/result/schema.ts';
import { callCli, onlyResult, runFolders, tempFolder } from '../support/cli.ts';

const flags = '-t http,ws -n 2 -w 0 --tool-time none --profile instant --no-calibrate -q';
let cwd = '';
const folders: string[] = [];
let shards: Result[] = [];

beforeAll(async () => {
  cwd = await tempFolder();
  for (const [shard, env] of [
    ['1/2', {}],
    ['auto/2', { JOB_COMPLETION_INDEX: '1' }],
  ] as const) {
    const args = [
      'run',
      'quick',
      ...flags.split(' '),
      '--shard',
      shard,
      '-o',
      `results/${shard[0] ?? ''}`,
    ];
    expect(await callCli(args, { cwd, env })).toMatchObject({ code: 0, stderr: '' });
  }
  for (const parent of await runFolders(cwd)) {
    const [name = ''] = await readdir(parent);
    folders.push(path.join(parent, name));
  }
  const { readResult } = await import('../../src/app/read-result.ts');
  shards = await Promise.all(folders.map((folder) => readResult(folder)));
}, 60_000);

describe('two shards', () => {
  it('send the same bytes, in rounds of their own', () => {
    expect(shards.map(({ run }) => run.shard)).toEqual([
      { index: 1, count: 2 },
      { index: 2, count: 2 },
    ]);
    expect(shards.map(({ rounds }) => rounds.map(({ index }) => index))).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(shards[0]?.run.fingerprint).toEqual(shards[1]?.run.fingerprint);
  });

  it('become one result, printed and written as a run is', async () => {
    const out = path.join(await tempFolder(), 'results');
    const merged = await callCli(['merge', ...folders, '-o', out]);
    expect(merged).toMatchObject({ code: 0, stderr: '' });
    expect(merged.stdout).toContain('quick · 7 steps · 4 rounds');

    const result = await onlyResult(path.dirname(out));
    for (const arm of ['http', 'ws']) {
      const counts = [result, ...shards].map(({ transports }) => {
        const { workflows, counters, metrics } = transports[arm] ?? { metrics: {} };
        return [
          workflows?.completed,
          counters?.requests,
          counters?.bytes_sent,
          metrics.step_duration?.count,
          metrics.inter_token?.count,
        ];
      });
      const [whole, ...parts] = counts;
      expect(whole).toEqual(
        whole?.map((_, at) => parts.reduce((sum, part) => sum + (part[at] ?? NaN), 0)),
      );
    }
    const [folder = ''] = await runFolders(path.dirname(out));
    expect((await readdir(folder)).sort()).toEqual([
      'report.html',
      'result.json',
      'steps.csv',
      'summary.csv',
    ]);
    const full = await callCli(['report', folder, '--full']);
    expect(full.stdout).toContain('merged from 2 runs: shards 1, 2 of 2');
  });

  it.each([
    [
      'one of them missing',
      () => folders.slice(0, 1),
      [],
      2,
      /error: merge: expected all 2 shards, got 1: missing 2/,
    ],
    ['one of them twice', () => [...folders, folders[0] ?? ''], ['--partial'], 2, /every run once/],
    ['no result', () => ['nowhere'], [], 2, /nowhere.*no such file/],
    ['one of them missing, told to go on', () => folders.slice(0, 1), ['--partial'], 0, /^$/],
  ])('with %s: exit code and words', async (_, given, more, code, said) => {
    const folder = await tempFolder();
    const ended = await callCli(['merge', ...given(), ...more], { cwd: folder });
    expect(ended.code).toBe(code);
    expect(ended.stderr.trim()).toMatch(said);
    expect(await runFolders(folder)).toHaveLength(code === 0 ? 1 : 0);
    if (code === 0) expect(ended.stdout).toContain('INCOMPLETE: merged without all its shards');
  });
});

it.each([
  ['an empty folder', undefined],
  ['the beginning of a line', '{"schema":"agent-latency-bench/jour'],
])('leaves %s out, and names the shard that is missing', async (_, journal) => {
  const unwritten = await tempFolder();
  if (journal !== undefined) await writeFile(path.join(unwritten, 'rounds.ndjson'), journal);
  const [first = ''] = folders;
  const ended = await callCli(['merge', first, unwritten]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain(`note: ${unwritten} was left out: its run was killed before`);
  expect(ended.stderr).toContain('expected all 2 shards, got 1: missing 2');
});

it.each([
  ['beyond the last', '3/2', /error: shard: expected a part from 1 to 2, got 3/],
  ['no shard', 'half', /error: --shard: expected i\/n such as 2\/4/],
  ['a scheduler that is not there', 'auto/2', /error: --shard auto: expected one of JOB_/],
])('run --shard refuses %s', async (_, shard, said) => {
  const { code, stderr } = await callCli(['run', 'quick', '--dry-run', '--shard', shard]);
  expect(code).toBe(2);
  expect(stderr).toMatch(said);
});
