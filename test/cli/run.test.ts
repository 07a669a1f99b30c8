import { appendFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseResult } from '../../src/result/read.ts';
import type { RoundRecord } from '../../src/result/record.ts';
import {
  callCli,
  type Finished,
  onlyResult,
  runCli,
  runFolders,
  startCli,
  tempFolder,
} from '../support/cli.ts';
import { SCENARIO_STEPS, writeScenario } from '../support/scenario.ts';

const quickly = '--profile instant -n 2 -w 0 -c 1 --no-calibrate'.split(' ');

async function runTiny(args: readonly string[] = []): Promise<Finished> {
  const cwd = await tempFolder();
  return runCli(['run', await writeScenario(cwd), ...quickly, ...args], { cwd });
}

describe('a run against the bundled mock', () => {
  let run: Finished;
  let folder: string;

  beforeAll(async () => {
    run = await runTiny();
    [folder = ''] = await runFolders(run.cwd);
  });

  it('prints the comparison, and keeps stderr for progress', () => {
    const { code, stdout, stderr } = run;
    expect(code).toBe(0);
    for (const name of ['http', 'http-keepalive', 'ws']) {
      expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
    }
    expect(stdout).toContain('profile instant');
    expect(stdout).toContain(path.relative(run.cwd, folder));
    expect(stdout).not.toContain('round 2/2');
    expect(stderr).toContain('round 2/2');
    expect(stderr).not.toContain('warning');
  });

  it('writes the result, two tables of it and a page', async () => {
    expect((await readdir(folder)).sort()).toEqual([
      'report.html',
      'result.json',
      'rounds.ndjson',
      'steps.csv',
      'summary.csv',
    ]);
    const steps = (await readFile(path.join(folder, 'steps.csv'), 'utf8')).trim().split('\n');
    expect(steps).toHaveLength(1 + 2 * 3 * SCENARIO_STEPS);
    const { run: facts, rounds } = await onlyResult(run.cwd);
    expect(facts).toMatchObject({ complete: true, seed: 1, endpoint: { kind: 'mock' } });
    expect(new URL(facts.endpoint.url).protocol).toBe('https:');
    expect(tlsVersionsIn(rounds)).toEqual(['TLSv1.3']);
  });

  it('is printed again by report, from the folder or the file', async () => {
    const table = run.stdout.replace(/^(Result files in|To look at:) .*\n/gm, '').trimEnd();
    for (const given of [folder, path.join(folder, 'result.json')]) {
      const again = await callCli(['report', given]);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout.trimEnd()).toBe(table);
    }
  });

  it.each<[format: string, isThat: (text: string) => boolean]>([
    ['json', (text) => parseResult(text, 'stdout').run.complete],
    ['csv', (text) => text.startsWith('transport,metric,')],
    ['markdown', (text) => /^\| transport .*\|$/m.test(text)],
  ])('is printed as %s alone by report', async (format, isThat) => {
    const { code, stdout } = await callCli(['report', folder, '--format', format]);
    expect(code).toBe(0);
    expect(isThat(stdout)).toBe(true);
    expect(stdout).not.toMatch(/^transport {2}/m);
  });

  it('looks the same on a terminal that does not know its width', async () => {
    const widthless =
      '--import=data:text/javascript,process.stdout.isTTY=true;process.stdout.columns=0';
    const env = { NODE_OPTIONS: widthless, NO_COLOR: '1' };
    const [piped, onTerminal] = [
      await runCli(['report', folder]),
      await runCli(['report', folder], { env }),
    ];
    expect(onTerminal.stdout).toBe(piped.stdout);
  });

  it.each<[why: string, env: Record<string, string>, colored: boolean]>([
    ['none in a pipe', {}, false],
    ['some in a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['none with NO_COLOR, which wins', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['none with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('has its colours where they are wanted: %s', async (_why, env, colored) => {
    const { stdout } = await callCli(['report', folder], { env });
    expect(stdout.includes('\u001b[')).toBe(colored);
  });
});

describe.concurrent('run', () => {
  it('exports to files, and to stdout in place of the table', async () => {
    const { code, stdout, cwd } = await runTiny([
      ...['--export-json', '-', '--export-csv', 'summary.csv', '--export-markdown', 'table.md'],
    ]);
    expect(code).toBe(0);
    expect(parseResult(stdout, 'stdout')).toEqual(await onlyResult(cwd));
    const [folder = ''] = await runFolders(cwd);
    expect(await readFile(path.join(cwd, 'summary.csv'), 'utf8')).toBe(
      await readFile(path.join(folder, 'summary.csv'), 'utf8'),
    );
    expect(await readFile(path.join(cwd, 'table.md'), 'utf8')).toContain('| http');
  });

  it('writes one folder and one table for each scenario, where --out says', async () => {
    const cwd = await tempFolder();
    const args = [await writeScenario(cwd), 'chat', ...quickly, '-t', 'ws', '--out', 'a/b'];
    const { code, stdout } = await runCli(['run', ...args], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('tiny ·');
    expect(stdout).toContain('chat ·');
    const names = (await readdir(path.join(cwd, 'a/b'))).map((folder) => folder.split('Z-')[1]);
    expect(names.sort()).toEqual(['chat', 'tiny']);
    expect(await runFolders(cwd)).toEqual([]);
  });

  it.each<[why: string, args: string[]]>([
    ['with -q, however many sessions are in flight', ['-q', '-c', '20', '-n', '20', '-t', 'ws']],
    ['with --no-progress', ['--no-progress', '-t', 'http,ws']],
  ])('leaves stderr empty %s', async (_why, args) => {
    const { code, stdout, stderr } = await runTiny(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^transport {2}/m);
  });

  it('speaks plain HTTP to the mock with --no-tls', async () => {
    const { cwd } = await runTiny(['-t', 'http,ws', '--no-tls']);
    const { run, rounds } = await onlyResult(cwd);
    expect(new URL(run.endpoint.url).protocol).toBe('http:');
    expect(tlsVersionsIn(rounds)).toEqual([null]);
  });

  it('lets its mock fail with --fault, and says what that cost', async () => {
    const { code, stdout, stderr, cwd } = await runTiny([
      ...['--fault', 'upgrade:426', '--fault', '429:1ms@call2@http', '--retries', '2'],
      ...['--cool-down', '1h', '-t', 'http,ws', '--full'],
    ]);
    expect(code).toBe(0);
    const { run, rounds, transports } = await onlyResult(cwd);
    expect(run.endpoint.fault).toBe('upgrade:426,429:1ms@call2@http');
    expect(run.fingerprint.fault).toBe(run.endpoint.fault);
    expect(run.options.recovery).toMatchObject({ retries: 2, coolDownMs: 3_600_000 });
    expect(transports['ws']).toMatchObject({
      workflows: { completed: 2, failed: 0 },
      counters: { fallbacks: 2 },
    });
    // The first one is refused; the second one knows.
    expect(rounds.map(({ workflows }) => workflows['ws']?.fellBack)).toEqual([true, true]);
    expect(stdout).toMatch(/^ {2}faults +upgrade:426, 429:1ms@call2@http$/m);
    expect(stdout).toMatch(/^2\/2 over HTTP/m);
    expect(stdout).toContain('Failures and recovery');
    expect(stdout).toMatch(/upgrade refused 426 → fall back \(1\)/);
    expect(stdout).toMatch(/429 rate_limit_exceeded → retry \(1\)/);
    expect(stdout.replaceAll('\n', ' ')).toMatch(/2 of 2 workflows of ws ran over HTTP/);
    expect(stderr).toMatch(/2 recovered/);
  });

  it('fails what it is told not to mend: with --no-fallback', async () => {
    const { code, stdout, cwd } = await runTiny([
      ...['--fault', 'upgrade:426', '--no-fallback', '-t', 'http,ws', '--full'],
    ]);
    expect(code).toBe(0);
    const { transports } = await onlyResult(cwd);
    expect(transports['ws']?.workflows).toMatchObject({ completed: 0, failed: 2 });
    expect(transports['http']?.workflows).toMatchObject({ completed: 2, failed: 0 });
    expect(stdout).toContain('ws: 2 workflows failed: upgrade refused 426 (2)');
    expect(stdout).toContain('no fallback to HTTP');
  });

  it('says of a scenario that its context is compacted', async () => {
    const cwd = await tempFolder();
    await writeScenario(cwd);
    await appendFile(path.join(cwd, 'tiny.yaml'), 'compact: { above: { tokens: 500 } }\n');
    const shown = await callCli(['scenarios', 'show', 'tiny.yaml'], { cwd });
    expect(shown.stdout).toContain(
      'compacted (POST /responses/compact) before it would pass 2.0 KB',
    );
    const planned = await callCli(['run', 'tiny.yaml', '--dry-run'], { cwd });
    expect(planned.stdout).toContain('Compaction is not counted');
  });

  it('goes on when nobody reads its progress', async () => {
    const cwd = await tempFolder();
    const running = await startCli(['run', await writeScenario(cwd), ...quickly], { cwd });
    running.process.stderr?.destroy();
    expect((await running.finished).code).toBe(0);
    expect((await onlyResult(cwd)).run.complete).toBe(true);
  });
});

function tlsVersionsIn(rounds: readonly RoundRecord[]): (string | null)[] {
  const connections = rounds.flatMap((round) =>
    Object.values(round.workflows).flatMap((workflow) => workflow.connections),
  );
  return [...new Set(connections.map((connection) => connection.tlsVersion))];
}
