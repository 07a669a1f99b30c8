import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { attribute } from '../../src/compare/attribution/attribute.ts';
import { UsageError } from '../../src/errors.ts';
import { readResult } from '../../src/index.ts';
import type { Result } from '../../src/result/schema.ts';
import { madeUpResult } from '../result/made-up.ts';
import { atEnd } from '../support/cleanup.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'read-'));
  atEnd(() => rm(folder, { recursive: true }));
});

function attributedResult(): Result {
  const result = madeUpResult();
  const { run, rounds } = result;
  return { ...result, attribution: attribute(run.options.transports, rounds, null) };
}

async function written(name: string, result: Result): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, JSON.stringify(result));
  return file;
}

it('takes a result as it was measured', async () => {
  const result = attributedResult();
  expect(result.attribution).not.toBeNull();
  expect(await readResult(await written('sound.json', result))).toEqual(result);
});

it.each<{ why: string; edit: (result: Result) => void; reason: string }>([
  {
    why: 'comparisons that are of one piece, but not what the rounds give',
    edit: ({ comparisons }) => {
      for (const comparison of comparisons) {
        const interval = comparison.interval && {
          ...comparison.interval,
          lower: 0.09,
          upper: 0.11,
        };
        Object.assign(comparison, { medianRatio: 0.1, changePercent: -90, interval });
      }
    },
    reason: 'its rounds do not give the workflow_e2e comparison',
  },
  {
    why: 'an attribution that the rounds do not give',
    edit: ({ attribution }) => {
      Object.assign(attribution?.ladder[0] ?? {}, { changeUs: -1_000_000 });
    },
    reason: 'its rounds do not give the attribution',
  },
])('refuses $why', async ({ edit, reason }) => {
  const result = attributedResult();
  edit(result);
  const read = readResult(await written('edited.json', result));
  await expect(read).rejects.toThrow(UsageError);
  await expect(read).rejects.toThrow(reason);
});

it.each<{ why: string; make: () => Promise<string>; reason: string }>([
  { why: 'a device', make: () => Promise.resolve('/dev/zero'), reason: 'it is a device' },
  {
    why: 'a folder where result.json is one too',
    make: async () => {
      await mkdir(path.join(folder, 'deep', 'result.json'), { recursive: true });
      return path.join(folder, 'deep');
    },
    reason: 'it is a directory',
  },
  {
    why: 'more than memory should hold',
    make: async () => {
      const file = path.join(folder, 'huge.json');
      await writeFile(file, '');
      await truncate(file, 512e6 + 1);
      return file;
    },
    reason: 'it is more than 512 MB',
  },
])('refuses $why', async ({ make, reason }) => {
  const read = readResult(await make());
  await expect(read).rejects.toThrow(UsageError);
  await expect(read).rejects.toThrow(reason);
});

it('reads a pipe, and waits for its writer no longer than the signal lets it', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const given = new AbortController();
  const waiting = readResult(pipe, given.signal);
  given.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');

  const result = madeUpResult();
  const [read] = await Promise.all([readResult(pipe), writeFile(pipe, JSON.stringify(result))]);
  expect(read).toEqual(result);
});
