import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { bin, onlyResult, runCli, tempFolder } from '../support/cli.ts';

const packageRoot = path.join(path.dirname(bin), '..');

it("npm pack's tarball, unpacked elsewhere, works", { timeout: 60_000 }, async () => {
  const folder = await tempFolder();
  // Built already; npm's own scripts would build into the folder that other tests run from.
  const npm = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  execFileSync('npm', npm, { cwd: packageRoot, shell: process.platform === 'win32' });
  const [tarball = ''] = readdirSync(folder);
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  const unpacked = path.join(folder, 'package');
  symlinkSync(path.join(packageRoot, 'node_modules'), path.join(unpacked, 'node_modules'));
  for (const name of ['src', 'test', '.ci'])
    expect(existsSync(path.join(unpacked, name))).toBe(false);
  const names = readdirSync(path.join(unpacked, 'dist'), { recursive: true }).map(String);
  expect(names).toContain('index.d.ts');
  expect(names.filter((name) => name.endsWith('.map'))).toEqual([]);

  const program = path.join(unpacked, 'bin', path.basename(bin));
  expect((await runCli(['--version'], { program })).code).toBe(0);
  const args = [
    'quick',
    '--profile',
    'instant',
    '--tool-time',
    'none',
    '-n',
    '1',
    '-w',
    '0',
    '--no-calibrate',
  ];
  const { code, stdout, cwd } = await runCli(['run', ...args], { program });
  expect(code).toBe(0);
  expect(stdout).toContain('quick · 7 steps');
  expect((await onlyResult(cwd)).transports['ws']?.workflows.completed).toBe(1);
});
