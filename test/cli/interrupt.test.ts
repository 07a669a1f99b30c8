import { describe, expect, it } from 'vitest';
import {
  callCli,
  onlyResult,
  type Running,
  runFolders,
  startCli,
  tempFolder,
} from '../support/cli.ts';
import { childrenOf, ended, isRunning } from '../support/processes.ts';
import { writeScenario } from '../support/scenario.ts';

/** A run that would take minutes, once it is under way: its tools wait. */
async function startLongRun(args: readonly string[] = []): Promise<Running> {
  const cwd = await tempFolder();
  const scenario = await writeScenario(cwd, '2s');
  const running = await startCli(
    [
      'run',
      scenario,
      '--profile',
      'instant',
      '-n',
      '50',
      '-c',
      '2',
      '-w',
      '0',
      '--no-calibrate',
      ...args,
    ],
    { cwd },
  );
  await running.line(/ % · /);
  // The first step of the first sessions is quick; then their tools wait.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return running;
}

describe.concurrent('a run that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: exit 130, a valid partial result, no process left',
    async (signal) => {
      const running = await startLongRun();
      const children = childrenOf(running.pid);
      expect(children).toHaveLength(1);
      process.kill(running.pid, signal);
      const { code, stdout, stderr, cwd } = await running.finished;
      expect(code).toBe(130);
      expect(stdout).toContain('INCOMPLETE: interrupted');
      expect(stderr).not.toMatch(/error|\n\s+at /i);
      expect(children.filter(isRunning)).toEqual([]);

      const { run, rounds } = await onlyResult(cwd);
      expect(run).toMatchObject({ complete: false, stopReason: 'interrupted' });
      const sessions = rounds.flatMap((round) => Object.values(round.workflows));
      expect(sessions.map((session) => session.state)).toContain('aborted');
      expect(sessions.flatMap((session) => session.steps).length).toBeGreaterThan(0);

      const report = await callCli(['report', (await runFolders(cwd))[0] ?? ''], { cwd });
      expect(report.code).toBe(0);
      expect(report.stdout).toContain('INCOMPLETE: interrupted');
    },
  );

  it('in the warm-up leaves a result without rounds that report can print', async () => {
    const cwd = await tempFolder();
    const args = ['--profile', 'fast', '-n', '5', '-w', '50', '-c', '1', '--no-calibrate'];
    const running = await startCli(['run', 'coding-agent', ...args], { cwd });
    await running.line(/ % · /);
    process.kill(running.pid, 'SIGINT');
    expect((await running.finished).code).toBe(130);
    expect((await onlyResult(cwd)).rounds).toEqual([]);
    const report = await callCli(['report', (await runFolders(cwd))[0] ?? ''], { cwd });
    expect(report).toMatchObject({ code: 0, stderr: '' });
    expect(report.stdout).toContain('INCOMPLETE: interrupted');
  });

  it('before anything is measured leaves a result too, and no process', async () => {
    const running = await startCli(['run', 'coding-agent']);
    // The mock is up, or coming up; the first step is a second away.
    while (childrenOf(running.pid).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const children = childrenOf(running.pid);
    process.kill(running.pid, 'SIGINT');
    const { code, cwd } = await running.finished;
    expect(code).toBe(130);
    expect((await onlyResult(cwd)).run.stopReason).toBe('interrupted');
    await ended(children);
  });

  it('ends later scenarios too', async () => {
    const running = await startLongRun(['chat']);
    process.kill(running.pid, 'SIGINT');
    const { code, cwd } = await running.finished;
    expect(code).toBe(130);
    expect(await runFolders(cwd)).toHaveLength(1);
  });

  it('ends at once when it is interrupted twice', async () => {
    const running = await startLongRun();
    const children = childrenOf(running.pid);
    process.kill(running.pid, 'SIGINT');
    process.kill(running.pid, 'SIGTERM');
    expect((await running.finished).code).toBe(130);
    await ended(children);
  });

  it('leaves no mock behind when it is killed', async () => {
    const running = await startLongRun();
    const children = childrenOf(running.pid);
    expect(children).toHaveLength(1);
    process.kill(running.pid, 'SIGKILL');
    expect((await running.finished).code).toBeNull();
    await ended(children);
  });
});

it('serve ends by Ctrl-C and frees its port', async () => {
  const running = await startCli(['serve', '--port', '0']);
  const url = (await running.line(/^listening/)).replace('listening on ', '');
  expect((await fetch(`${url}/responses`, { method: 'POST' })).status).toBe(400);
  process.kill(running.pid, 'SIGINT');
  const { code, stderr } = await running.finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  await expect(fetch(url)).rejects.toThrow();
});
