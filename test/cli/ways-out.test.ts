import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { madeUpResult } from '../result/made-up.ts';
import { bin, callCli, startCli, tempFolder } from '../support/cli.ts';
import { catchesSigterm } from '../support/processes.ts';

/** A shell's exit code of the program, run in a folder with a result. */
async function inShell(command: string): Promise<{ code: number; stderr: string; cwd: string }> {
  const cwd = await tempFolder();
  await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
  const script = path.join(cwd, 'script.sh');
  await writeFile(script, `alb() { '${process.execPath}' '${bin}' "$@"; }\n${command}\n`);
  const stderr = path.join(cwd, 'stderr');
  const rc = execFileSync('bash', ['-c', `bash '${script}' 2>'${stderr}'; echo $?`], {
    cwd,
    encoding: 'utf8',
  });
  return {
    code: Number(rc.trim().split('\n').at(-1)),
    stderr: await readFile(stderr, 'utf8'),
    cwd,
  };
}

describe('what the program cannot print', () => {
  it('is told where the disk is full', async () => {
    const { code, stderr } = await inShell('alb report result.json > /dev/full');
    expect(code).toBe(1);
    expect(stderr).toBe('error: stdout could not be written: ENOSPC\n');
  });

  it('is nobody’s fault where the reader has gone', async () => {
    const { code, stderr } = await inShell(
      'alb report result.json --export-json all.json | true; exit ${PIPESTATUS[0]}',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a shell that allows too few open files', () => {
  // Which file is the one too many differs, and with it what Node makes of that.
  it.each([40, 48, 56])('is told so, and not that this is a bug: %i', async (limit) => {
    const { code, stderr } = await inShell(`ulimit -n ${limit}; alb report result.json`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: too many open files \(EMFILE\): raise the limit .*\n$/);
  });
});

describe('a folder for results that cannot be made is refused at once', () => {
  it.each([
    ['below /proc', '-o /proc/nothing'],
    ['in a folder that was deleted', '-o ./results'],
  ])('%s', async (_where, out) => {
    const { code, stderr } = await inShell(
      `mkdir gone; cd gone; rmdir ../gone; alb run quick -n 1 ${out}`,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--out: expected a folder that can be written');
  });
});

describe('an export', () => {
  it('follows a link, and leaves it a link', async () => {
    const cwd = await tempFolder();
    await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
    await mkdir(path.join(cwd, 'real'));
    await symlink('real/out.json', path.join(cwd, 'out.json'));
    const { code } = await callCli(['report', 'result.json', '--export-json', 'out.json'], { cwd });
    expect(code).toBe(0);
    expect((await lstat(path.join(cwd, 'out.json'))).isSymbolicLink()).toBe(true);
    expect(JSON.parse(await readFile(path.join(cwd, 'real/out.json'), 'utf8'))).toBeTruthy();
  });

  it('to /dev/stdout lands behind what is there already', async () => {
    const { code, cwd } = await inShell(
      'echo first > out; alb report result.json --export-csv /dev/stdout >> out',
    );
    expect(code).toBe(0);
    const text = await readFile(path.join(cwd, 'out'), 'utf8');
    expect(text).toMatch(/^first\n/);
    expect(text).toMatch(/^transport,metric,/m);
  });

  it.each([
    ['an empty name', '--export-csv ""', 'an empty name'],
    ['a name that is too long', `--export-csv ${'x'.repeat(300)}`, 'too long'],
    ['a folder', '--export-csv .', 'not a folder'],
    [
      'one file twice, through a linked folder',
      '--export-csv a --export-json "$PWD/there/a"',
      'a file of its own',
    ],
  ])('is refused beforehand for %s', async (_what, flags, reason) => {
    const { code, stderr } = await inShell(`ln -s . there; alb report result.json ${flags}`);
    expect(stderr).toContain(reason);
    expect(code).toBe(2);
  });
});

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is how serving ends', async (signal) => {
    const serving = await startCli(['serve', '--port', '0']);
    await serving.line(/^listening on/);
    process.kill(serving.pid, signal);
    expect((await serving.finished).code).toBe(0);
  });

  it('ends the wait for a scenario from a pipe that nobody writes to', async () => {
    const cwd = await tempFolder();
    execFileSync('mkfifo', [path.join(cwd, 'pipe')]);
    const running = await startCli(['scenarios', 'validate', 'pipe'], { cwd });
    await expect.poll(() => catchesSigterm(running.pid), { timeout: 20_000 }).toBe(true);
    // Long enough to have opened the pipe; a signal that comes sooner ends the program all the same.
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(running.pid, 'SIGTERM');
    expect((await running.finished).code).toBe(130);
  });

  it('ends the wait for the reader of a pipe', async () => {
    const cwd = await tempFolder();
    await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
    execFileSync('mkfifo', [path.join(cwd, 'pipe')]);
    const running = await startCli(['report', 'result.json', '--export-csv', 'pipe'], { cwd });
    await running.line(/^coding-agent/);
    process.kill(running.pid, 'SIGTERM');
    expect((await running.finished).code).toBe(130);
    await rm(path.join(cwd, 'pipe'));
  });
});
