import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResult } from '../../src/app/read-result.ts';
import { madeUpResult } from '../result/made-up.ts';
import { callCli, runCli, tempFolder } from '../support/cli.ts';

const NAME = 'agent-latency-bench.yaml';
const small = 'scenario: quick\nprofile: instant\ntoolTime: none\ntransports: [ws]\nwarmup: 0\n';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await tempFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

const result = JSON.stringify(madeUpResult({ transports: ['http', 'ws'] }));

describe('run', () => {
  it('takes its flags from the file that lies there, and says so; a flag given wins', async () => {
    const cwd = await folderWith({
      [NAME]: `${small}iterations: 3\nseed: 9\ntls: false\nexportJson: r.json\nthresholds: [{ threshold: 'failed: count<0', level: warn }]\n`,
    });
    const { code, stdout, stderr } = await runCli(['run', '-n', '1', '--no-calibrate'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^config: ${NAME}$`, 'm'));
    expect(stdout).toMatch(/^quick · .* · 1 round ·/);
    expect(stdout).toContain('warning: ws.failed count is 0, limit < 0');
    const { run } = await readResult(path.join(cwd, 'r.json'));
    expect(run.options).toMatchObject({ transports: ['ws'], iterations: 1, toolTime: 'none' });
    expect(run).toMatchObject({ seed: 9, endpoint: { profile: { name: 'instant' } } });
    expect(run.endpoint.url).toMatch(/^http:/);
  });

  it('takes the file that is named, and scenarios given win too', async () => {
    const cwd = await folderWith({
      [NAME]: 'nonsense: 1\n',
      'ci/bench.yaml': small.replace('quick', 'research'),
    });
    const args = ['run', 'quick', '--config', 'ci/bench.yaml', '--dry-run', '-n', '1'];
    const { code, stdout, stderr } = await callCli(args, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'config: ci/bench.yaml\n' });
    expect(stdout).toContain('quick');
    expect(stdout).not.toContain('research');
  });

  it('looks at no file with --no-config', async () => {
    const cwd = await folderWith({ [NAME]: 'nonsense: 1\n' });
    const { code, stderr } = await callCli(['run', 'quick', '--dry-run', '--no-config'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each<[why: string, files: Record<string, string>, args: string[], complaint: RegExp]>([
    [
      'every mistake in it at once',
      { [NAME]: 'iterations: none\ntimeouts: 1s\n' },
      ['run'],
      /^error: agent-latency-bench\.yaml:1:13 iterations: .*\nagent-latency-bench\.yaml:2:1 timeouts: .*\n$/,
    ],
    [
      'a file that is not there',
      {},
      ['run', '--config', 'no.yaml'],
      /--config: .*no\.yaml: no such/,
    ],
    [
      'a name that only the run knows to be wrong',
      { [NAME]: 'transports: [http3]\n' },
      ['run'],
      /transports: expected some of/,
    ],
    [
      'several scenarios for gate',
      { [NAME]: 'scenario: [quick, chat]\nbaseUrl: http://127.0.0.1:1\n' },
      ['gate', '--url', 'http://127.0.0.1:1'],
      /agent-latency-bench\.yaml: scenario: gate takes one/,
    ],
  ])('refuses %s, with exit code 2', async (_, files, args, complaint) => {
    const { code, stderr } = await callCli(args, { cwd: await folderWith(files) });
    expect(code).toBe(2);
    expect(stderr).toMatch(complaint);
  });
});

describe('gate', () => {
  it('judges a result by what the file asks for, and leaves aside how it would measure', async () => {
    const cwd = await folderWith({
      'result.json': result,
      [NAME]:
        "url: http://127.0.0.1:1/v1\nscenario: quick\nthresholds: ['ws.workflow_e2e: med<1s']\nexportJunit: junit.xml\n",
    });
    const { code, stdout } = await callCli(['gate', 'result.json'], { cwd });
    expect(code).toBe(99);
    expect(stdout).toContain('threshold crossed: ws.workflow_e2e med is');
  });

  it('needs no flag at all to compare with the baseline of the file', async () => {
    const cwd = await folderWith({
      'result.json': result,
      'main.json': result,
      [NAME]: 'baseline: main.json\nquiet: true\n',
    });
    const { code, stdout, stderr } = await callCli(['gate', 'result.json'], { cwd });
    // A file that was only found can't hide itself.
    expect({ code, stderr }).toEqual({ code: 0, stderr: `config: ${NAME}\n` });
    expect(stdout).toContain('no difference that these rounds can tell');
  });
});

it('other commands look at no file', async () => {
  const cwd = await folderWith({ 'result.json': result, [NAME]: 'nonsense: 1\n' });
  expect(await callCli(['report', 'result.json'], { cwd })).toMatchObject({ code: 0, stderr: '' });
});
