import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/app/config/load.ts';
import { gateCommand } from '../../src/cli/commands/gate.ts';
import { madeUpResult } from '../result/made-up.ts';
import { bin, tempFolder } from '../support/cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { version } = JSON.parse(textOf('package.json')) as { version: string };
const gateFlags = new Set(gateCommand(new Command()).options.flatMap(({ long }) => long ?? []));

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  runs: { using: string; steps: { run: string; env: Record<string, string> }[] };
}

describe('the GitHub action', () => {
  const action = parse(textOf('action.yml')) as Action;
  const [step] = action.runs.steps;

  /** Runs its script as GitHub would, with an `npx` that starts this package. */
  async function runAction(command: string, args: string) {
    const folder = await tempFolder();
    const npx = path.join(folder, 'npx');
    await writeFile(
      npx,
      `#!/bin/sh\necho "$2" > package.txt\nshift 2\nexec "${process.execPath}" "${bin}" "$@"\n`,
    );
    await chmod(npx, 0o755);
    await writeFile(path.join(folder, 'result.json'), JSON.stringify(madeUpResult()));
    const { status, stdout } = spawnSync('bash', ['-e', '-c', step?.run ?? ''], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        RUNNER_TEMP: folder,
        GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
        GITHUB_OUTPUT: path.join(folder, 'output.txt'),
        BENCH_COMMAND: command,
        BENCH_ARGS: args,
        BENCH_VERSION: version,
      },
    });
    const written = async (name: string) =>
      existsSync(path.join(folder, name)) ? readFile(path.join(folder, name), 'utf8') : undefined;
    return { folder, status, stdout, written };
  }

  it('takes every input by the environment, none as a part of its script', () => {
    expect(Object.keys(action.inputs)).toEqual(['command', 'args', 'version', 'working-directory']);
    expect(step?.run).not.toContain('${{');
    expect(Object.keys(step?.env ?? {})).toEqual(['BENCH_COMMAND', 'BENCH_ARGS', 'BENCH_VERSION']);
  });

  it('runs this version by default', () => {
    expect(String(action.inputs['version']?.default)).toBe(version);
  });

  it('shows verdict and annotations, and ends with the exit code', async () => {
    const args =
      'result.json\n--threshold=ws.workflow_e2e: med<1s\n--export-junit=junit $(id).xml\n';
    const { status, stdout, written } = await runAction('gate', args);
    expect(status).toBe(99);
    expect(await written('package.txt')).toBe(`agent-latency-bench@${version}\n`);
    expect(await written('output.txt')).toBe('exit-code=99\n');
    expect(await written('summary.md')).toMatch(/^### ❌ coding-agent: crossed/);
    expect(stdout).toMatch(/^::error title=coding-agent%3A crossed::ws\.workflow_e2e med/m);
    expect(await written('junit $(id).xml')).toContain('<failure type="crossed"');
  });

  it('needs no arguments where a command needs none, and survives a mistake', async () => {
    const { status, stdout, written } = await runAction('gate', '');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(await written('output.txt')).toBe('exit-code=2\n');
    expect(await written('summary.md')).toBeUndefined();
  });
});

describe.each(['docs/ci/github-workflow.yml', 'docs/ci/gitlab-ci.yml'])('%s', (file) => {
  const scripts = scriptsIn(parse(textOf(file)));
  const command = scripts.find((script) => script.includes('agent-latency-bench@')) ?? '';

  it('runs a pinned version with flags that gate has', () => {
    const [, pinned, name, rest = ''] =
      /^npx --yes agent-latency-bench@(\S+) (\w+) (.*)$/s.exec(command.trim()) ?? [];
    expect({ pinned, name }).toEqual({ pinned: version, name: 'gate' });
    const flags = rest.match(/(?<=\s|^)--[a-z-]+/g) ?? [];
    expect(flags.length).toBeGreaterThan(8);
    expect(flags.filter((flag) => !gateFlags.has(flag))).toEqual([]);
  });

  it('is shell that bash can read', () => {
    for (const script of scripts) {
      const { status, stderr } = spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' });
      expect({ script, status, stderr }).toMatchObject({ status: 0, stderr: '' });
    }
  });
});

describe('docs/ci.md', () => {
  const page = textOf('docs/ci.md');

  it('shows a config file that is valid', () => {
    const [, example = ''] = /```yaml\n(scenario:.*?)```/s.exec(page) ?? [];
    expect(Object.keys(parseConfig(example, 'docs/ci.md'))).toContain('thresholds');
  });

  it('names flags that gate has, and files that are there', () => {
    const flags = page.match(/(?<=[`\s])--[a-z-]+/g) ?? [];
    expect(
      flags.filter((flag) => !gateFlags.has(flag) && flag !== '--adapter' && flag !== '--file'),
    ).toEqual([]);
    for (const [, file = ''] of page.matchAll(/\]\((ci\/[^)]+)\)/g)) {
      expect(existsSync(path.join(root, 'docs', file))).toBe(true);
    }
  });
});

/** Every shell script of a workflow, at whatever depth. */
function scriptsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    if (key === 'run' && typeof each === 'string') return [each];
    if (key === 'script' && Array.isArray(each)) return each.map(String);
    return scriptsIn(each);
  });
}
