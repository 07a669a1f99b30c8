import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeResult } from '../../src/result/write.ts';
import { madeUpResult } from '../result/made-up.ts';
import { callCli, onlyResult, runCli, runFolders, tempFolder } from '../support/cli.ts';
import { writeScenario } from '../support/scenario.ts';

/** A folder with a small scenario in it. */
async function folderWithScenario(): Promise<string> {
  const cwd = await tempFolder();
  await writeScenario(cwd);
  return cwd;
}

const small = 'run tiny.yaml -t http,ws --profile instant --tool-time none --no-calibrate'.split(
  ' ',
);

describe('run --until', () => {
  it('shows how narrow it has got, prints why it ended, and a plan takes the result as its pilot', async () => {
    const cwd = await folderWithScenario();
    const done = await runCli([...small, '--until', '100%', '--aa', '-c', '2'], { cwd });
    expect(done.code).toBe(0);
    const { run, rounds, control } = await onlyResult(cwd);
    expect(run.stop).toMatchObject({ untilPercent: 100, reached: 'precision' });
    expect(control?.pairs).toBe(rounds.length);
    const words = done.stdout.replace(/\s+/g, ' ');
    expect(words).toContain(
      'Rounds: until every 95 % interval of workflow_e2e is within ±100 % (at most 200 rounds): ended by the intervals being narrow enough',
    );
    expect(words).toMatch(/http \(A\/A\) .* A\/A: http against itself came to/);
    expect(done.stderr).toMatch(/ · ±\d+\.\d % of ±100 % · at most \d+ (s|min) left/);

    const [folder = ''] = await runFolders(cwd);
    const full = await callCli(['report', folder, '--full'], { cwd });
    expect(full.stdout.replace(/\s+/g, ' ')).toContain(
      `${rounds.length} rounds of 2 transports and http once more`,
    );
    const table = await callCli(['plan', folder, '--effect', '50%'], { cwd });
    expect(table).toMatchObject({ code: 0, stderr: '' });
    expect(table.stdout).toMatch(/^Rounds that find a difference of 50 % with a chance of 0\.8/);
    const json = await callCli(['plan', folder, '--power', '0.9', '--format', 'json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'agent-latency-bench/plan/v1',
      effectPercent: 5,
      power: 0.9,
      comparisons: [{ base: 'http', candidate: 'ws', pairs: rounds.length }],
    });
  });

  it('counts the most that may be sent, and the base twice, before it sends anything', async () => {
    const cwd = await folderWithScenario();
    const args = [...small, '--until', '2%', '--max-rounds', '20', '-w', '0', '--aa', '--dry-run'];
    const { code, stdout } = await callCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('over at most 20 measured and 0 warm-up rounds');
    // Three calls a workflow, of which http has two in every round.
    expect(stdout).toMatch(/ http +120 /);
    expect(stdout).toMatch(/ ws +60 /);
  });
});

describe.concurrent('what makes no sense', () => {
  it.each<[why: string, args: string[], says: RegExp]>([
    ['a width without a unit', ['run', '--until', '2'], /--until.*percentage such as 5%/],
    ['no width', ['run', '--until', '0%'], /until: expected a width from 0\.1% to 100%, got 0%/],
    ['nothing to compare', ['run', '-t', 'ws', '--until', '2%'], /until: .* at least two/],
    ['a cap on nothing', ['run', '--max-rounds', '9'], /max rounds: goes with until/],
    ['a cap below the least', ['run', '--until', '2%', '--max-rounds', '3'], /at least 6/],
    ['no time', ['run', '--max-time', '0s'], /max time: expected a time from 1ms to 24h/],
    ['the base twice where two are compared', ['gate', '--aa'], /unknown option '--aa'/],
    ['a plan without a pilot', ['plan'], /missing required argument 'pilot'/],
    ['a pilot that is not there', ['plan', 'nowhere'], /nowhere/],
    ['a power beyond chance', ['plan', 'short', '--power', '1.5'], /--power.*between 0 and 1/],
    ['a pilot of five rounds', ['plan', 'short'], /5 rounds that both http and http-keepalive/],
    ['an effect that is allowed', ['plan', 'short', '--max-regression', '5%'], /less than the/],
  ])('%s: exit 2, on stderr only', async (_why, args, says) => {
    const cwd = await tempFolder();
    await mkdir(path.join(cwd, 'short'));
    await writeResult(path.join(cwd, 'short'), madeUpResult({ rounds: 5 }), {});
    const { code, stdout, stderr } = await callCli(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await runFolders(cwd)).toEqual([]);
  });
});
