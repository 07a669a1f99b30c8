import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { callCli, tempFolder } from '../support/cli.ts';
import { pageText } from './pages.ts';

it('the README shows what estimate prints', async () => {
  const args = ['--steps', '20', '--rtt', '40ms', '--target', '40%'];
  const { stdout } = await callCli(['estimate', ...args], { env: { COLUMNS: '100' } });
  const [, shown = ''] = /```text\n(What would[\s\S]*?)```/.exec(pageText('README.md')) ?? [];
  expect(shown.split('\n').length).toBeGreaterThan(5);
  expect(stdout).toContain(shown);
});

it.each(['README.md', 'docs/endpoints.md'])(
  '%s says what a default run costs at an endpoint',
  async (page) => {
    const { stdout } = await callCli(['run', '--url', 'http://127.0.0.1:9/v1', '--dry-run']);
    const [, requests = '', input = ''] =
      /In all (\d+) requests, ([\d,]+) input/.exec(stdout) ?? [];
    const millions = (Number(input.replaceAll(',', '')) / 1e6).toFixed(1);
    expect(pageText(page).replace(/\s+/g, ' ')).toContain(
      `${requests} requests and ${millions} million input tokens`,
    );
  },
);

it('docs/scenarios.md has every bundled scenario with its figures', async () => {
  const { stdout } = await callCli(['scenarios', 'list']);
  const page = pageText('docs/scenarios.md');
  const listed = [...stdout.matchAll(/^(\S+) +(\d+) +([\d.]+ [KM]?B) /gm)];
  expect(listed.length).toBeGreaterThan(8);
  for (const [, name = '', calls = '', context = ''] of listed) {
    expect(page).toContain(`| \`${name}\` | ${calls} | ${context} |`);
  }
});

it('the scenario of docs/scenarios.md is one', async () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(pageText('docs/scenarios.md')) ?? [];
  const cwd = await tempFolder();
  await writeFile(path.join(cwd, 'my-agent.yaml'), yaml);
  const { code, stderr } = await callCli(['scenarios', 'validate', 'my-agent.yaml'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
