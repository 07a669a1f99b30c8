import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import { callCli, type Running, runFolders, startCli } from '../support/cli.ts';
import { childrenOf } from '../support/processes.ts';

/** A run of many quick rounds; it is under way once its journal holds some. */
async function startManyRounds(): Promise<{ running: Running; folder: string }> {
  const running = await startCli([
    ...['run', 'quick', '--profile', 'instant', '--tool-time', 'none', '--no-calibrate'],
    ...['-t', 'http,ws', '-n', '2000', '-w', '0', '-c', '2', '-q'],
  ]);
  for (;;) {
    const [folder] = await runFolders(running.cwd);
    if (folder !== undefined && (await roundsWritten(folder)) >= 3) return { running, folder };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whole lines behind the first. */
async function roundsWritten(folder: string): Promise<number> {
  const text = await readFile(path.join(folder, 'rounds.ndjson'), 'utf8').catch(() => '');
  return Math.max(0, text.split('\n').length - 2);
}

describe.concurrent('a run that is killed', () => {
  it('keeps every round that had ended, for report, compare and gate', async () => {
    const { running, folder } = await startManyRounds();
    const before = await roundsWritten(folder);
    process.kill(running.pid, 'SIGKILL');
    await running.finished;
    const whole = await roundsWritten(folder);
    expect(whole).toBeGreaterThanOrEqual(before);
    expect(existsSync(path.join(folder, 'result.json'))).toBe(false);

    const { run, rounds, transports } = await readResult(folder);
    expect(run).toMatchObject({ complete: false, stopReason: 'killed' });
    expect(rounds).toHaveLength(whole);
    expect(transports['ws']?.metrics.inter_token?.count).toBeGreaterThan(0);

    const report = await callCli(['report', folder], { cwd: running.cwd });
    expect(report.code).toBe(0);
    expect(report.stdout).toMatch(/^INCOMPLETE: killed/);
    const compared = await callCli(['compare', folder, folder], { cwd: running.cwd });
    expect(compared.code).toBe(0);
    const gated = await callCli(['gate', folder, '--threshold', 'failed: rate<1%'], {
      cwd: running.cwd,
    });
    expect(gated.code).toBe(0);
    expect(gated.stdout).toContain('not complete (killed)');
  });

  it('by the death of the bundled mock ends at once, and keeps what it has', async () => {
    const { running, folder } = await startManyRounds();
    for (const child of childrenOf(running.pid)) process.kill(child, 'SIGKILL');
    const { code, stdout, stderr } = await running.finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: the run ended early: the bundled mock server is gone \(SIGKILL\)$/m,
    );
    expect(stdout).toMatch(/^INCOMPLETE: stopped by an error/);
    expect((await readResult(folder)).rounds.length).toBeGreaterThanOrEqual(3);
  });

  it('by a second Ctrl-C has a result all the same', async () => {
    const { running, folder } = await startManyRounds();
    process.kill(running.pid, 'SIGINT');
    process.kill(running.pid, 'SIGINT');
    expect((await running.finished).code).toBe(130);
    expect((await readResult(folder)).run.complete).toBe(false);
  });
});
