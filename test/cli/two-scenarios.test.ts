import { beforeAll, expect, it } from 'vitest';
import type { Result } from '../../src/result/schema.ts';
import { runCli, tempFolder } from '../support/cli.ts';
import { writeScenario } from '../support/scenario.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await tempFolder();
  await writeScenario(cwd);
});

async function printed(format: string): Promise<string> {
  const flags = [
    '-t',
    'http',
    '-n',
    '1',
    '-w',
    '0',
    '--no-calibrate',
    '-q',
    '--profile',
    'instant',
  ];
  const ended = await runCli(
    ['run', 'tiny.yaml', 'chat', ...flags, '--tool-time', 'none', '--format', format],
    { cwd },
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return ended.stdout;
}

it('two scenarios as JSON are one array', async () => {
  const results = JSON.parse(await printed('json')) as Result[];
  expect(results.map(({ run }) => run.scenario.name)).toEqual(['tiny', 'chat']);
});

it('two scenarios as CSV are one table, with the scenario in front', async () => {
  const [head, ...rows] = (await printed('csv')).trimEnd().split('\n');
  const width = head?.split(',').length;
  expect(head).toMatch(/^scenario,transport,metric,/);
  expect(new Set(rows.map((row) => row.split(',')[0]))).toEqual(new Set(['tiny', 'chat']));
  for (const row of rows) expect(row.split(',')).toHaveLength(width ?? 0);
});
