import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { bin, callCli, runCli, tempFolder } from '../support/cli.ts';

const packageRoot = path.join(path.dirname(bin), '..');

describe.concurrent('help', () => {
  it.each<[name: string, args: string[]]>([
    ['the program', ['--help']],
    ['help', ['help']],
    ['run', ['run', '--help']],
    ['serve', ['serve', '--help']],
    ['report', ['report', '--help']],
    ['scenarios', ['scenarios', '--help']],
    ['scenarios list', ['scenarios', 'list', '--help']],
    ['scenarios show', ['scenarios', 'show', '--help']],
    ['scenarios validate', ['scenarios', 'validate', '--help']],
    ['scenarios init', ['scenarios', 'init', '--help']],
    ['schema', ['schema', '--help']],
    ['calibrate', ['calibrate', '--help']],
    ['plan', ['plan', '--help']],
    ['import', ['import', '--help']],
    ['record', ['record', '--help']],
    ['doctor', ['doctor', '--help']],
  ])('of %s has examples, on stdout, and exits with 0', async (_name, args) => {
    const { code, stdout, stderr } = await callCli(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: agent-latency-bench/);
    expect(stdout).toMatch(/Examples:\n {2}\$ agent-latency-bench /);
  });

  it('of the program names every command', async () => {
    const { stdout } = await callCli(['--help']);
    for (const name of ['run', 'serve', 'report', 'scenarios', 'schema', 'calibrate', 'plan']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  it('goes to stderr with exit 2 when no command is given', async () => {
    const { code, stdout, stderr } = await callCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: /);
  });
});

describe.concurrent('the version', () => {
  it.each(['--version', '-V'])('%s is that of the package', async (flag) => {
    const manifest = await readFile(path.join(packageRoot, 'package.json'), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await runCli([flag])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('is told without loading anything: also where nothing is built', async () => {
    const folder = await tempFolder();
    await cp(path.join(packageRoot, 'bin'), path.join(folder, 'bin'), { recursive: true });
    await cp(path.join(packageRoot, 'package.json'), path.join(folder, 'package.json'));
    const program = path.join(folder, 'bin', path.basename(bin));
    expect((await runCli(['--version'], { program })).code).toBe(0);
    expect((await runCli(['--help'], { program })).code).not.toBe(0);
    await rm(folder, { recursive: true });
  });
});
