import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { callCli } from '../support/cli.ts';

it('prints arms, parts and what it doesn’t know, and writes nothing', async () => {
  const { code, stdout, cwd } = await callCli(['estimate', 'quick', '--rtt', '40ms']);
  expect(code).toBe(0);
  for (const said of ['http-keepalive', 'opening: TLS', 'Our own work isn’t in it']) {
    expect(stdout).toContain(said);
  }
  expect(await readdir(cwd)).toEqual([]);
});

it('no line is wider than the terminal, neither of a list nor of a map nor of a target', async () => {
  const commands = [
    ['quick', 'chat'],
    ['quick', '--rtt', '1ms..300ms', '--steps', '2..50'],
    ['quick', '--rtt', '20ms', '--target', '40%'],
  ];
  for (const args of commands) {
    const { stdout } = await callCli(['estimate', ...args]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  }
});

it('a map is JSON, and CSV with a line for each comparison at each place', async () => {
  const map = ['estimate', 'quick', '--rtt', '0ms,40ms', '--steps', '2,5,10', '--format'];
  const { stdout: text } = await callCli([...map, 'json']);
  expect((JSON.parse(text) as { points: unknown[] }).points).toHaveLength(6);
  const { stdout: csv } = await callCli([...map, 'csv']);
  const [head, ...lines] = csv.trimEnd().split('\r\n');
  expect(head).toBe(
    'steps,rttMs,base,candidate,change_percent,lower_percent,upper_percent,from_step,source',
  );
  expect(lines).toHaveLength(6 * 3);
  expect(lines.every((line) => line.endsWith(',estimated'))).toBe(true);
});

it.each([
  { args: ['quick', 'chat', '--rtt', '1ms,2ms'], says: 'a map is of one scenario' },
  { args: ['quick', '--rtt', '1ms,2ms', '--target', '5%'], says: '--target' },
  { args: ['quick', '-t', 'ws', '--target', '5%'], says: 'two transports' },
  { args: ['quick', '-t', 'ws', '--steps', '2,3'], says: 'at least two for a map' },
  { args: ['quick', '--sessions', '9'], says: 'decodeSlots' },
  { args: ['quick', '--format', 'csv'], says: 'give an axis several values' },
  { args: ['quick', '--steps', '50..2'], says: 'range that rises' },
  { args: ['quick', '--steps', '1'], says: 'from 2 to 500' },
  { args: ['quick', '--context', 'many'], says: 'number of tokens' },
  { args: ['quick', '--context', '10'], says: 'begins with' },
  { args: ['quick', '--profile', 'fats'], says: 'did you mean fast' },
])('refuses $args in one message', async ({ args, says }) => {
  const { code, stderr, stdout } = await callCli(['estimate', ...args]);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(says);
});
