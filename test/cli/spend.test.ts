import { describe, expect, it } from 'vitest';
import { callCli, onlyResult, type Running, runCli, runFolders, startCli } from '../support/cli.ts';
import { servedMockForTest } from '../support/mock.ts';
import { tcpServerForTest } from '../support/servers.ts';

/** Makes the program believe that somebody sits at a terminal; works where no pseudo-terminal can be had. */
const terminal = {
  NODE_OPTIONS:
    '--import=data:text/javascript,process.stdin.isTTY=true;process.stderr.isTTY=true;process.stderr.columns=80',
};

describe.concurrent('--dry-run', () => {
  it('sends nothing, and says what would be sent', async () => {
    const server = await tcpServerForTest((socket) => socket.destroy());
    const { code, stdout, stderr, cwd } = await callCli([
      ...['run', 'chat', 'quick', '--dry-run', '-n', '2', '-w', '1'],
      ...['--url', `http://127.0.0.1:${String(server.port)}/v1`, '--model', 'm'],
    ]);
    expect({ code, stderr, folders: await runFolders(cwd) }).toEqual({
      code: 0,
      stderr: '',
      folders: [],
    });
    expect(server.accepted).toBe(0);
    // 3 and 7 steps, 3 rounds, 3 transports.
    expect(stdout).toMatch(/^chat +http +9 +[\d.]+ KB +[\d,]+ +[\d,]+$/m);
    expect(stdout).toContain('In all 90 requests');
  });

  it('promises the bytes and tokens that a run then sends', async () => {
    const args = ['run', 'quick', '-t', 'http,ws', '-n', '1', '-w', '0', '--tool-time', 'none'];
    const [planned, run] = await Promise.all([
      callCli([...args, '--dry-run']),
      runCli([...args, '--profile', 'instant', '--no-calibrate']),
    ]);
    const { transports } = await onlyResult(run.cwd);
    for (const name of ['http', 'ws']) {
      const row = planned.stdout.split('\n').find((line) => line.startsWith(`quick     ${name} `));
      const [, , requests, payload, inputTokens, outputTokens] = (row ?? '').split(/ {2,}/);
      const counters = transports[name]?.counters;
      expect(Number(requests)).toBe(counters?.requests);
      expect(Number(inputTokens?.replace(',', ''))).toBe(counters?.input_tokens);
      expect(Number(outputTokens?.replace(',', ''))).toBe(counters?.output_tokens);
      const plannedBytes = Number(payload?.split(' ')[0]) * 1000;
      expect(plannedBytes / Number(counters?.payload_bytes_sent)).toBeGreaterThan(0.9);
      expect(plannedBytes / Number(counters?.payload_bytes_sent)).toBeLessThan(1.1);
    }
  });
});

describe.concurrent('a hard stop', () => {
  it.each([
    ['--max-requests', '30', 'request_limit'],
    ['--max-tokens', '20000', 'token_limit'],
  ])('%s %s ends the run with a partial result, marked', async (flag, limit, stopReason) => {
    const { url } = await servedMockForTest();
    const { code, stdout, stderr, cwd } = await runCli([
      ...['run', 'quick', '--url', url, '-w', '0', '-n', '20', '--tool-time', 'none', '-q'],
      ...[flag, limit, '--no-calibrate'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`INCOMPLETE: stopped by ${flag}`);
    const { run, rounds } = await onlyResult(cwd);
    expect(run).toMatchObject({ complete: false, stopReason });
    const steps = rounds.flatMap((round) =>
      Object.values(round.workflows).flatMap((workflow) => workflow.steps),
    );
    expect(steps.length).toBeGreaterThan(0);
    const tokens = steps.reduce(
      (sum, step) => sum + (step.inputTokens ?? 0) + (step.outputTokens ?? 0),
      0,
    );
    if (flag === '--max-requests') expect(steps).toHaveLength(Number(limit));
    else expect(tokens).toBeLessThanOrEqual(Number(limit));
  });

  it('counts over all scenarios and the warm-up', async () => {
    const { url } = await servedMockForTest();
    const { code, cwd } = await runCli([
      ...['run', 'chat', 'quick', '--url', url, '-n', '1', '-w', '1', '-t', 'http'],
      ...['--max-requests', '8', '--tool-time', 'none', '-q', '--no-calibrate'],
    ]);
    // chat takes 3 + 3, which leaves 2 for the warm-up of quick: of that nothing was measured.
    expect(code).toBe(1);
    const folders = await runFolders(cwd);
    expect(folders).toHaveLength(2);
    const report = await callCli(['report', folders.find((name) => name.endsWith('quick')) ?? '']);
    expect(report.stdout).toContain('INCOMPLETE: stopped by --max-requests after 0 of 1 round');
  });
});

it.each([
  ['--max-requests', '41', 'one round of quick takes 42, got 41'],
  ['--max-tokens', '30000', 'one round of quick takes about 30366, got 30000'],
])('%s %s is refused: nothing could be measured', async (flag, limit, reason) => {
  const { code, stderr, cwd } = await callCli([
    ...['run', 'quick', '--url', 'http://127.0.0.1:1/v1', '-w', '1', flag, limit],
  ]);
  expect(stderr).toContain(reason);
  expect({ code, folders: await runFolders(cwd) }).toEqual({ code: 2, folders: [] });
});

describe.concurrent('the question before money is spent', () => {
  it.each<[answer: string, input: string, code: number, requests: boolean]>([
    ['yes', 'y\n', 0, true],
    ['no', 'n\n', 0, false],
    ['nothing', '\n', 0, false],
    ['something else', 'yesterday\n', 0, false],
    ['the end of input', '', 0, false],
    ['Ctrl-D', '\u0004', 0, false],
  ])('is answered with %s', async (_answer, input, expected, runs) => {
    const { url } = await servedMockForTest();
    const { code, stdout, stderr, cwd } = await runCli(
      ['run', 'chat', '--url', url, '-n', '1', '-w', '0', '--no-progress', '--no-calibrate'],
      { env: terminal, input },
    );
    expect(stderr).toMatch(
      /Send 9 requests \(about [\d.]+K input and [\d.]+K output tokens\) to 127/,
    );
    expect(code).toBe(expected);
    expect(stderr.includes('Nothing was sent.')).toBe(!runs);
    expect(stdout.includes('transport')).toBe(runs);
    expect(await runFolders(cwd)).toHaveLength(runs ? 1 : 0);
  });

  it.each<[how: string, end: (running: Running) => void]>([
    ['a signal', ({ pid }) => process.kill(pid, 'SIGTERM')],
    // A terminal that is being read from hands over Ctrl-C as a character.
    ['Ctrl-C', ({ process: child }) => child.stdin?.write('\u0003')],
  ])('sends nothing while it waits, and ends by %s', async (_how, end) => {
    const server = await tcpServerForTest((socket) => socket.destroy());
    const url = `http://127.0.0.1:${String(server.port)}/v1`;
    const running = await startCli(['run', 'chat', '--url', url], { env: terminal, input: false });
    await running.line(/\[y\/N\]/);
    end(running);
    const { code, stderr } = await running.finished;
    expect(code).toBe(130);
    expect(stderr).toContain('Nothing was sent.');
    expect(server.accepted).toBe(0);
  });

  it('is asked with -q too: quiet is not yes', async () => {
    const server = await tcpServerForTest((socket) => socket.destroy());
    const url = `http://127.0.0.1:${String(server.port)}/v1`;
    const { code, stderr } = await runCli(['run', 'chat', '--url', url, '-q'], { env: terminal });
    expect(code).toBe(0);
    expect(stderr).toContain('[y/N]');
    expect(server.accepted).toBe(0);
  });

  it.each<[when: string, args: string[], env: Record<string, string>]>([
    ['with --yes', ['--yes'], terminal],
    ['where nobody sits at a terminal', [], {}],
  ])('is not asked %s', async (_when, args, env) => {
    const { url } = await servedMockForTest();
    const finished = await runCli(
      ['run', 'chat', '--url', url, '-n', '1', '-w', '0', '-t', 'ws', '--no-calibrate', ...args],
      { env },
    );
    expect(finished.code).toBe(0);
    expect(finished.stderr).not.toContain('[y/N]');
  });

  it('is not asked for the bundled mock, which costs nothing', async () => {
    const args = 'run chat --profile instant -n 1 -w 0 -t ws --no-calibrate'.split(' ');
    const { code, stderr } = await runCli(args, { env: terminal });
    expect(code).toBe(0);
    expect(stderr).not.toContain('[y/N]');
  });
});
