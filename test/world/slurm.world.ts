import { existsSync } from 'node:fs';
import { chmod, copyFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import {
  createHistogram,
  encodeHistogram,
  histogramOfMetric,
  type Metric,
  mergeHistogram,
} from '../../src/measure/histogram.ts';
import { countersSchema } from '../../src/result/record.ts';
import type { Result } from '../../src/result/schema.ts';
import { bin, callCli, onlyResult, tempFolder } from '../support/cli.ts';
import { servedMockForTest } from '../support/mock.ts';
import { type Slurm, startSlurm } from './slurm.ts';

const script = fileURLToPath(new URL('../../docs/scale/slurm-array.sh', import.meta.url));
const small = '-n 3 -w 0 -c 2 -t http,ws --tool-time none --no-calibrate';

let slurm: Slurm;
let url = '';

beforeAll(async () => {
  slurm = await startSlurm();
  ({ url } = await servedMockForTest());
}, 60_000);

/**
 * The array that docs/scale shows, submitted as it is there; in `npx`'s place this program, with less to do.
 * @param more flags of a task beside these
 */
async function submit(
  more: Readonly<Record<number, string>> = {},
): Promise<{ job: string; cwd: string }> {
  const cwd = await tempFolder();
  const npx = path.join(cwd, 'npx');
  const cases = Object.entries(more).map(([task, flags]) => `${task}) more='${flags}' ;;`);
  await writeFile(
    npx,
    `#!/bin/bash
more=
case $SLURM_ARRAY_TASK_ID in ${cases.join(' ')} esac
exec ${process.execPath} ${bin} "\${@:3}" ${small} $more
`,
  );
  await chmod(npx, 0o755);
  await copyFile(script, path.join(cwd, 'slurm-array.sh'));
  const args = ['--parsable', `--export=ALL,LATENCY_URL=${url}`, 'slurm-array.sh'];
  const job = await slurm.run('sbatch', args, cwd, { PATH: `${cwd}:${process.env['PATH'] ?? ''}` });
  return { job, cwd };
}

/** The folders of an array's shards. */
async function shardsOf({ job, cwd }: { job: string; cwd: string }): Promise<string[]> {
  const parent = path.join(cwd, `shards-${job}`);
  return (await readdir(parent)).map((name) => path.join(parent, name));
}

it('an array of four tasks leaves four shards, whose merge is their sum in every count and histogram', async () => {
  const array = await submit();
  await slurm.ended(array.job);
  const folders = await shardsOf(array);
  const shards = await Promise.all(folders.map((folder) => readResult(folder)));
  expect(shards.map(({ run }) => run.shard?.index).sort()).toEqual([1, 2, 3, 4]);

  const merged = await callCli(['merge', ...folders], { cwd: array.cwd });
  expect(merged).toMatchObject({ code: 0, stderr: '' });
  const whole = await onlyResult(array.cwd);
  expect(whole.run.complete).toBe(true);
  expect(whole.rounds).toHaveLength(12);
  for (const arm of ['http', 'ws']) {
    expect(countsOf(whole, arm)).toEqual(
      Object.fromEntries(
        Object.keys(countsOf(whole, arm)).map((count) => [
          count,
          shards.reduce((sum, shard) => sum + (countsOf(shard, arm)[count] ?? 0), 0),
        ]),
      ),
    );
    const names = Object.keys(whole.transports[arm]?.metrics ?? {}) as (keyof Metrics)[];
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const sum = createHistogram();
      for (const shard of shards) {
        const part = metricOf(shard, arm, name);
        if (part !== undefined) mergeHistogram(sum, histogramOfMetric(part));
      }
      const metric = metricOf(whole, arm, name);
      expect(metric?.count).toBe(sum.buckets.totalCount);
      expect(metric?.histogram).toBe(metric?.count === 0 ? null : encodeHistogram(sum));
    }
  }
}, 180_000);

it('a task that is killed is named by merge', async () => {
  const array = await submit({ 2: '-n 100000' });
  const journal = async (): Promise<boolean> => {
    const folders = existsSync(path.join(array.cwd, `shards-${array.job}`))
      ? await shardsOf(array)
      : [];
    return folders.length === 3 && existsSync(path.join(folders.sort()[2] ?? '', 'rounds.ndjson'));
  };
  while (!(await journal())) await wait(200);
  await slurm.run('scancel', ['--signal=KILL', '--batch', `${array.job}_2`], array.cwd);
  await slurm.ended(array.job);
  const folders = await shardsOf(array);

  const refused = await callCli(['merge', ...folders], { cwd: array.cwd });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('expected complete runs, got shard 3/4 (killed)');
  const partial = await callCli(['merge', ...folders, '--partial'], { cwd: array.cwd });
  expect(partial.code).toBe(0);
  expect((await onlyResult(array.cwd)).run.complete).toBe(false);
}, 180_000);

type Metrics = Result['transports'][string]['metrics'];

function metricOf(result: Result, arm: string, name: keyof Metrics): Metric | undefined {
  return result.transports[arm]?.metrics[name];
}

/** Of an arm: workflows by how they ended, and every counter. */
function countsOf({ transports }: Result, arm: string): Record<string, number> {
  const { workflows, counters } = transports[arm] ?? {};
  const names = Object.keys(countersSchema.shape) as (keyof typeof countersSchema.shape)[];
  return {
    attempted: workflows?.attempted ?? NaN,
    completed: workflows?.completed ?? NaN,
    failed: workflows?.failed ?? NaN,
    ...Object.fromEntries(names.map((name) => [name, counters?.[name] ?? 0])),
  };
}
