import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeUpResult } from '../result/made-up.ts';
import { callCli, type Finished, runCli, tempFolder } from '../support/cli.ts';

/** How a file of each format begins. */
const beginnings: [format: string, ofResult: RegExp, ofVerdict: RegExp][] = [
  [
    'json',
    /^\{\n {2}"schema": "agent-latency-bench\/result/,
    /^\{\n {2}"schema": "agent-latency-bench\/gate/,
  ],
  ['csv', /^transport,metric,/, /^kind,transport,metric,/],
  ['markdown', /^### coding-agent/, /^### coding-agent/],
  [
    'junit',
    /^<\?xml [^>]+>\n<testsuites>\n.*name="coding-agent\.http"/,
    /^<\?xml.*\n.*\n.*\.checks"/,
  ],
  ['github-summary', /^### coding-agent/, /^### ❌ coding-agent: crossed/],
  ['github-annotations', /^::notice title=coding-agent/, /^::error title=coding-agent%3A crossed/],
  [
    'bmf',
    /^\{\n {2}"coding-agent\/http\/workflow_e2e"/,
    /^\{\n {2}"coding-agent\/http\/workflow_e2e"/,
  ],
  [
    'github-action-benchmark',
    /^\[\n {2}\{\n {4}"name": "coding-agent/,
    /^\[\n {2}\{\n {4}"name": "coding-agent/,
  ],
  ['openmetrics', /^# TYPE agent_latency_bench_run info/, /^# TYPE agent_latency_bench_run info/],
];
const flags = beginnings.flatMap(([format]) => [`--export-${format}`, `${format}.out`]);

async function folderWithResult(): Promise<string> {
  const folder = await tempFolder();
  await writeFile(path.join(folder, 'result.json'), JSON.stringify(madeUpResult()));
  return folder;
}

describe('report writes', () => {
  let finished: Finished;
  beforeAll(async () => {
    finished = await callCli(['report', 'result.json', ...flags], {
      cwd: await folderWithResult(),
    });
  });

  it('the table to stdout all the same', () => {
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(finished.stdout).toMatch(/^coding-agent · 4 steps/);
  });

  it.each(beginnings)('%s', async (format, ofResult) => {
    expect(await readFile(path.join(finished.cwd, `${format}.out`), 'utf8')).toMatch(ofResult);
  });
});

describe('gate writes', () => {
  let finished: Finished;
  beforeAll(async () => {
    const threshold = ['--threshold', 'workflow_e2e: med<1ms'];
    const cwd = await folderWithResult();
    finished = await callCli(['gate', 'result.json', ...threshold, ...flags], { cwd });
  });

  it('its own table to stdout', () => {
    expect(finished.code).toBe(99);
    expect(finished.stdout).toContain('verdict: crossed');
  });

  it.each(beginnings)('%s', async (format, _, ofVerdict) => {
    expect(await readFile(path.join(finished.cwd, `${format}.out`), 'utf8')).toMatch(ofVerdict);
  });
});

it('compare writes them too, and one to stdout in place of its table', async () => {
  const args = ['compare', 'result.json', 'result.json', '--export-junit', '-'];
  const exports = ['--export-openmetrics', 'metrics.txt'];
  const { code, stdout, cwd } = await callCli([...args, ...exports], {
    cwd: await folderWithResult(),
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<\?xml .*<\/testsuites>\n$/s);
  expect(await readFile(path.join(cwd, 'metrics.txt'), 'utf8')).toMatch(/# EOF\n$/);
});

it('refuses to write two formats over each other', async () => {
  const exports = ['--export-csv', 'same.txt', '--export-bmf', './same.txt'];
  const { code, stderr, stdout } = await callCli(['report', 'result.json', ...exports], {
    cwd: await folderWithResult(),
  });
  expect(stderr).toBe(
    'error: --export-bmf: expected a file of its own, got ./same.txt, as --export-csv did\n',
  );
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

it('run writes its workflows and its checks into one JUnit file, and keeps stdout to what was asked for', async () => {
  const { code, stdout, stderr, cwd } = await runCli([
    ...['run', 'quick', '--profile', 'instant', '--tool-time', 'none', '-t', 'http,ws'],
    ...['-n', '2', '-w', '0', '--no-calibrate', '--threshold', 'ws.requests: count<1'],
    ...['--export-junit', 'junit.xml', '--export-github-annotations', '-'],
  ]);
  expect(code).toBe(99);
  const junit = await readFile(path.join(cwd, 'junit.xml'), 'utf8');
  expect(junit.match(/<testcase classname="quick\.ws" /g)).toHaveLength(2);
  expect(junit).toMatch(/classname="quick\.ws\.checks".*\n\s*<failure type="crossed"/);
  expect(stdout).toMatch(/^::error title=quick%3A crossed::ws\.requests count is/);
  expect(stdout.split('\n').every((line) => line === '' || line.startsWith('::'))).toBe(true);
  expect(stderr).toContain('verdict: crossed');
});
