import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import { gateReportSchema } from '../../src/compare/gate/report.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import { writeResult } from '../../src/result/write.ts';
import { madeUpResult } from '../result/made-up.ts';
import { callCli, runCli, runFolders, startCli, tempFolder } from '../support/cli.ts';
import { servedMockForTest } from '../support/mock.ts';
import { writeScenario } from '../support/scenario.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await tempFolder();
  const made = {
    base: madeUpResult(),
    slow: madeUpResult({
      run: { id: 'slow' },
      edit: (rounds: RoundRecord[]) => {
        for (const { workflows } of rounds) {
          for (const workflow of Object.values(workflows)) {
            workflow.e2eUs = Math.round(workflow.e2eUs * 1.2);
          }
        }
      },
    }),
    unlike: madeUpResult({ run: { id: 'unlike' }, transports: ['http', 'ws'] }),
  };
  for (const [name, result] of Object.entries(made)) {
    await mkdir(path.join(cwd, name));
    await writeResult(path.join(cwd, name), result, {});
  }
  await writeFile(path.join(cwd, 'broken.json'), '{}');
});

describe.concurrent('compare', () => {
  it.each([
    { args: ['base', 'base'], code: 0, says: 'no difference', why: 'a result with itself' },
    { args: ['base', 'slow'], code: 3, says: 'regression: ws.workflow_e2e', why: 'a doctored one' },
    {
      args: ['base', 'slow', '--max-regression', '30%'],
      code: 0,
      says: 'verdict: pass',
      why: 'a margin that allows it',
    },
    {
      args: ['base', 'unlike'],
      code: 2,
      says: 'transports: http,http-keepalive,ws and http,ws',
      why: 'not measured alike',
    },
    {
      args: ['base', 'unlike', '--force'],
      code: 0,
      says: 'only advises',
      why: 'not measured alike, as advice',
    },
    { args: ['base', 'nowhere'], code: 2, says: 'no such file', why: 'no result' },
    { args: ['base', 'broken.json'], code: 2, says: 'not a result', why: 'another file' },
    {
      args: ['base', 'slow', '--max-regression', '5'],
      code: 2,
      says: 'percentage such as 5%',
      why: 'no percentage',
    },
  ])('$args: exit code $code ($why)', async ({ args, code, says }) => {
    const done = await callCli(['compare', ...args], { cwd });
    expect(`${done.stdout}${done.stderr}`.replaceAll(/\s+/g, ' ')).toContain(says);
    expect(done.code).toBe(code);
  });

  it('gives JSON that fits its schema, and exports', async () => {
    const done = await callCli(
      ['compare', 'base', 'slow', '--format', 'json', '--export-markdown', 'm.md'],
      { cwd },
    );
    expect(gateReportSchema.parse(JSON.parse(done.stdout)).verdict).toBe('regression');
    expect(await readFile(path.join(cwd, 'm.md'), 'utf8')).toContain('| --- |');
  });
});

describe.concurrent('gate on a result', () => {
  it.each([
    { args: ['slow', '--baseline', 'base'], code: 3, says: '+20.0 %' },
    { args: ['slow', '--baseline', 'base', '--min-abs', '10s'], code: 0, says: 'pass' },
    { args: ['slow', '--baseline', 'nowhere'], code: 0, says: 'no baseline' },
    { args: ['slow', '--baseline', 'nowhere', '--require-baseline'], code: 5, says: 'no baseline' },
    { args: ['unlike', '--baseline', 'base'], code: 0, says: 'not compared' },
    { args: ['slow', '--baseline', 'broken.json'], code: 2, says: 'not a result' },
    { args: ['slow', '--threshold', 'ws.workflow_e2e: max<1ms'], code: 99, says: 'crossed' },
    {
      args: ['slow', '--threshold', 'ws.workflow_e2e: p(95)<1h', '--strict'],
      code: 4,
      says: 'too few samples (10 of 72)',
    },
    { args: ['slow', '--threshold', 'grpc.failed: rate<1%'], code: 2, says: 'got grpc' },
    { args: ['slow', '--threshold', 'quick please'], code: 2, says: 'expected a threshold' },
    { args: ['slow'], code: 2, says: 'got neither' },
    { args: [], code: 2, says: 'got neither' },
    { args: ['--url', 'http://127.0.0.1:1/v1'], code: 2, says: 'goes with --base-url' },
    {
      args: ['slow', '--base-url', 'http://127.0.0.1:1', '--url', 'http://127.0.0.1:1'],
      code: 2,
      says: 'got both',
    },
  ])('$args: exit code $code', async ({ args, code, says }) => {
    const done = await callCli(['gate', ...args], { cwd });
    expect(`${done.stdout}${done.stderr}`.replaceAll(/\s+/g, ' ')).toContain(says);
    expect(done.code).toBe(code);
  });
});

describe('run with limits', () => {
  const quick = 'run quick --profile instant --tool-time none -t ws -q --no-calibrate'.split(' ');

  it('judges what it measured and leaves the verdict beside the result', async () => {
    const limits = ['--threshold', 'ws.workflow_e2e: max<1us', '--threshold', 'failed: rate<1%'];
    const done = await runCli([...quick, '-n', '2', ...limits, '--format', 'json']);
    expect(done.code).toBe(99);
    expect(JSON.parse(done.stdout)).toMatchObject({ run: { complete: true } });
    expect(done.stderr).toContain('threshold crossed: ws.workflow_e2e max is');
    const [folder = ''] = await runFolders(done.cwd);
    const report = JSON.parse(await readFile(path.join(folder, 'gate.json'), 'utf8')) as unknown;
    expect(gateReportSchema.parse(report).exitCode).toBe(99);
  });

  it('stops after the round that crosses a limit marked so', async () => {
    const done = await runCli([
      ...quick,
      ...['-n', '500', '-c', '1', '--threshold', 'abort: ws.workflow_e2e: max<1us'],
    ]);
    expect(done.code).toBe(99);
    const { run, rounds } = await readResult((await runFolders(done.cwd))[0] ?? '');
    expect(run).toMatchObject({ complete: false, stopReason: 'threshold' });
    expect(rounds.length).toBeLessThan(500);
  });

  it('refuses a limit on a transport that does not run before it sends anything', async () => {
    const done = await callCli([...quick, '--threshold', 'http.failed: rate<1%']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(await runFolders(done.cwd)).toEqual([]);
  });
});

describe('gate on two endpoints', () => {
  it('interleaves them and leaves two results that pair up', async () => {
    const [before, after] = [await servedMockForTest(), await servedMockForTest()];
    const done = await runCli([
      ...['gate', '--base-url', before.url, '--url', after.url, '--scenario', 'quick'],
      ...['--tool-time', 'none', '-n', '6', '--max-regression', '1000%', '-q', '--no-calibrate'],
      ...['--format', 'json', '--header', 'x-build: new', '--threshold', 'failed: count<1'],
    ]);
    expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: '' });
    const report = gateReportSchema.parse(JSON.parse(done.stdout));
    expect(report).toMatchObject({ interleaved: true, advisory: false });
    const [folder = ''] = await runFolders(done.cwd);
    expect((await readdir(folder)).sort()).toEqual([
      'base',
      'candidate',
      'gate.json',
      'report.html',
    ]);
    const base = await readResult(path.join(folder, 'base'));
    const candidate = await readResult(path.join(folder, 'candidate'));
    expect(base.run.interleaved).toBe(candidate.run.interleaved);
    expect(base.run.endpoint.url).toBe(before.url);
    expect(candidate.run.endpoint.url).toBe(after.url);
    for (const { rounds } of [base, candidate]) {
      expect(rounds.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
      for (const { order } of rounds) expect(order.toSorted()).toEqual(['http-keepalive', 'ws']);
    }
    const again = await callCli([
      ...['compare', path.join(folder, 'base'), path.join(folder, 'candidate')],
      ...['--max-regression', '1000%', '--format', 'json'],
    ]);
    expect(gateReportSchema.parse(JSON.parse(again.stdout)).interleaved).toBe(true);
  });

  it('leaves two valid partial results when it is interrupted: exit 130', async () => {
    const served = await servedMockForTest();
    const folder = await tempFolder();
    const scenario = await writeScenario(folder, '300ms');
    const running = await startCli(
      [
        ...['gate', '--base-url', served.url, '--url', served.url, '--model', 'quick'],
        ...['--scenario', scenario, '-n', '500', '-w', '0', '--no-calibrate'],
      ],
      { cwd: folder },
    );
    await running.line(/ % · /);
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(running.pid, 'SIGINT');
    const { code, stderr } = await running.finished;
    expect(code).toBe(130);
    expect(stderr).not.toMatch(/bug|\n\s+at /);
    const [results = ''] = await runFolders(folder);
    for (const side of ['base', 'candidate']) {
      const { run } = await readResult(path.join(results, side));
      expect(run).toMatchObject({ complete: false, stopReason: 'interrupted' });
    }
  });

  it('says which side is out of reach: exit 1, and no folder', async () => {
    const served = await servedMockForTest();
    const done = await runCli([
      ...['gate', '--base-url', served.url, '--url', 'http://127.0.0.1:1/v1', '-q'],
      ...['--scenario', 'quick', '-n', '2', '--no-calibrate'],
    ]);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('127.0.0.1:1');
    expect(await runFolders(done.cwd)).toEqual([]);
  });
});

describe('a limit that guards nothing', () => {
  it.each<[what: string, args: string[], says: string]>([
    [
      'a margin without a baseline',
      ['--threshold', 'failed: rate<1%', '--max-regression', '3%'],
      'warning: without --baseline --max-regression guards nothing',
    ],
    [
      'a metric without samples',
      ['--threshold', 'ws.time_to_notice: max<1s'],
      'ws.time_to_notice max: no samples, so limit < 1000 ms guards nothing here',
    ],
  ])('is said: %s', async (_, args, says) => {
    const cwd = await tempFolder();
    await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
    const done = await callCli(['gate', 'result.json', ...args], { cwd });
    expect(`${done.stdout}${done.stderr}`.replaceAll(/\s+/g, ' ')).toContain(says);
  });

  it('is no remark where there is a baseline', async () => {
    const cwd = await tempFolder();
    await writeFile(path.join(cwd, 'result.json'), JSON.stringify(madeUpResult()));
    const args = ['gate', 'result.json', '--baseline', 'result.json', '--max-regression', '3%'];
    expect(await callCli(args, { cwd })).toMatchObject({ code: 0, stderr: '' });
  });
});

it('says first what the verdict is, and gives one line to all that one reason leaves open', async () => {
  const cwd = await tempFolder();
  await writeFile(path.join(cwd, 'few.json'), JSON.stringify(madeUpResult({ rounds: 3 })));
  const { stdout } = await callCli(['compare', 'few.json', 'few.json'], { cwd });
  const verdict = stdout.indexOf('verdict: ');
  expect(verdict).toBeGreaterThan(0);
  expect(verdict).toBeLessThan(stdout.indexOf('\ntransport '));
  expect(stdout.match(/^inconclusive: /gm)).toHaveLength(1);
});
