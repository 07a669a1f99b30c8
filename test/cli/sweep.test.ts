import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { callCli, runFolders, startCli, tempFolder } from '../support/cli.ts';
import { writeScenario } from '../support/scenario.ts';

const plain = ['--profile', 'instant', '--tool-time', 'none', '-n', '1', '-w', '0'];

async function pointsIn(folder: string): Promise<unknown[]> {
  const text = await readFile(path.join(folder, 'points.ndjson'), 'utf8');
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { point: unknown }).point);
}

it('goes on where it was killed, without measuring a point again, and says of every cell what it is', async () => {
  const cwd = await tempFolder();
  const scenario = await writeScenario(cwd);
  const killed = ['sweep', scenario, '--rtt', '0ms,5ms', '--steps', '2,3', ...plain];
  const running = await startCli(killed, { cwd });
  await running.line(/^1\/4 /);
  running.process.kill('SIGKILL');
  await running.finished;
  const [folder = ''] = await runFolders(cwd);
  const before = await pointsIn(folder);
  expect(before.length).toBeGreaterThan(0);
  // What a process leaves that is killed as it writes.
  await appendFile(path.join(folder, 'points.ndjson'), '{"point":{"st');

  const none = await callCli(
    [...killed, '--resume', folder, '--budget', '1ms', '--format', 'csv'],
    {
      cwd,
    },
  );
  const sources = none.stdout.trimEnd().split('\r\n').slice(1);
  expect(sources.filter((line) => line.endsWith('measured'))).toHaveLength(3 * before.length);
  expect(sources.filter((line) => line.endsWith('estimated'))).toHaveLength(
    3 * (4 - before.length),
  );

  const { code, stdout, stderr } = await callCli([...killed, '--resume', folder], { cwd });
  expect(code).toBe(0);
  expect(stderr).not.toContain('1/4 ');
  expect(stderr).toContain('4 of 4 points measured');
  expect(stdout).not.toContain('~');
  const after = await pointsIn(folder);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(new Set(after.map((point) => JSON.stringify(point))).size).toBe(4);
});

it('goes on with no sweep that was measured otherwise, and with nothing that is none', async () => {
  const cwd = await tempFolder();
  const scenario = await writeScenario(cwd);
  const begun = ['sweep', scenario, '--steps', '2,3', '--budget', '1ms'];
  await callCli([...begun, ...plain, '-q'], { cwd });
  const [folder = ''] = await runFolders(cwd);
  const other = await callCli([...begun, ...plain, '--seed', '2', '--resume', folder], { cwd });
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('seed: 1 and now 2');
  const nowhere = await callCli([...begun, ...plain, '--resume', 'nowhere'], { cwd });
  expect(nowhere.code).toBe(2);
  expect(nowhere.stderr).toContain('expected the folder of a sweep');
});

it('needs an axis', async () => {
  const { code, stderr } = await callCli(['sweep', 'quick', '--rtt', '5ms']);
  expect(code).toBe(2);
  expect(stderr).toContain('expected an axis with several values');
});
