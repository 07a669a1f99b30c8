import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import { builtinPath } from '../../src/scenario/builtin.ts';
import { callCli, type Finished, runCli, runFolders, tempFolder } from '../support/cli.ts';
import { servedMockForTest } from '../support/mock.ts';

const quickly = '-n 1 -w 0 -c 1 --tool-time none -t ws -q'.split(' ');

/** Runs the program in a folder where the scenario `quick` comes out of the pipe `f`, once. */
async function runPiped(args: readonly string[]): Promise<Finished> {
  const cwd = await tempFolder();
  const pipe = path.join(cwd, 'f');
  execFileSync('mkfifo', [pipe]);
  const text = await readFile(builtinPath('quick'), 'utf8');
  const [finished] = await Promise.all([runCli(args, { cwd }), writeFile(pipe, text)]);
  return finished;
}

describe.concurrent('a scenario from a pipe', () => {
  it('is measured, beside others; all share one calibration', async () => {
    const args = ['f', 'chat', '--profile', 'instant', ...quickly];
    const { code, stderr, cwd } = await runPiped(['run', ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const results = await Promise.all((await runFolders(cwd)).map((folder) => readResult(folder)));
    expect(results.map(({ run }) => run.scenario.name).sort()).toEqual(['chat', 'quick']);
    const [one, other] = results.map(({ calibration }) => calibration);
    expect(one?.noiseFloorUs).toBeGreaterThan(0);
    expect(other).toEqual(one);
  });

  it('is planned', async () => {
    const { code, stdout } = await runPiped(['run', 'f', '--dry-run', ...quickly]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^f +ws +7 /m);
  });

  it('is measured at two endpoints', async () => {
    const { url } = await servedMockForTest();
    const args = ['--base-url', url, '--url', url, '--scenario', 'f', '--max-regression', '1000%'];
    const { code, stderr, cwd } = await runPiped(['gate', ...args, ...quickly, '--no-calibrate']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [folder = ''] = await runFolders(cwd);
    const { run, calibration } = await readResult(path.join(folder, 'candidate'));
    expect(run.scenario).toMatchObject({ name: 'quick', steps: 7 });
    expect(calibration).toBeNull();
  });
});

it('scenarios show --format yaml prints the file as it stands', async () => {
  const { code, stdout } = await callCli(['scenarios', 'show', 'quick', '--format', 'yaml']);
  expect(code).toBe(0);
  expect(stdout).toBe(await readFile(builtinPath('quick'), 'utf8'));
});
