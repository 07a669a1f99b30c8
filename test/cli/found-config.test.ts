import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { callCli, tempFolder } from '../support/cli.ts';

const NAME = 'agent-latency-bench.yaml';
const KEY = { OPENAI_API_KEY: 'sk-test-0123456789' };

/** A checkout with such a config file, and something beside it. */
async function checkout(config: string): Promise<string> {
  const home = await tempFolder();
  const cwd = path.join(home, 'checkout');
  await mkdir(path.join(cwd, 'deep'), { recursive: true });
  await writeFile(path.join(home, 'secret.txt'), 'secret');
  await symlink('..', path.join(cwd, 'link'));
  await writeFile(path.join(cwd, NAME), `scenario: quick\n${config}\n`);
  const text =
    'name: sly\nsteps:\n  - user: { file: ../secret.txt }\n    model: { text: { tokens: 1 } }\n';
  await writeFile(path.join(cwd, 'sly.yaml'), text);
  return cwd;
}

describe.concurrent('a config file that was only found may not', () => {
  it.each<[string, string, string, Record<string, string>, args?: string[]]>([
    ['send the key elsewhere', 'url: https://api.example/v1', 'url', KEY],
    [
      'send the key of another variable elsewhere',
      'url: https://api.example/v1',
      'url',
      { MY_KEY: KEY.OPENAI_API_KEY },
      ['--api-key-env', 'MY_KEY'],
    ],
    [
      'send the headers of the command line elsewhere',
      'url: https://api.example/v1',
      'url',
      {},
      ['-H', `x-api-key: ${KEY.OPENAI_API_KEY}`],
    ],
    [
      'send it through a proxy elsewhere that is named without a scheme',
      'proxy: 192.0.2.1:3128',
      'proxy',
      KEY,
      ['--url', 'http://127.0.0.1:1/v1'],
    ],
    [
      'send it through a proxy elsewhere',
      'url: http://127.0.0.1:1/v1\nproxy: http://p.example:1',
      'proxy',
      KEY,
    ],
    [
      'name another variable for it',
      'url: http://127.0.0.1:1/v1\napiKeyEnv: HOME',
      'apiKeyEnv',
      {},
    ],
    [
      'send the key of another provider to a URL of its own',
      'url: https://api.example/v1',
      'url',
      { XAI_API_KEY: 'sk-test-0123456789' },
      ['--provider', 'xai'],
    ],
    ['choose whose key is sent', 'provider: xai', 'provider', {}],
    ['send a header elsewhere', 'url: https://api.example/v1', 'url', {}, ['-H', 'x-key: secret']],
    ['write results outside', 'out: ../escape', 'out', {}],
    ['write an export outside', 'exportJson: ../../victim.txt', 'exportJson', {}],
    ['write outside by a link', 'exportCsv: link/victim.txt', 'exportCsv', {}],
    ['read a profile outside', 'profile: ../profile.yaml', 'profile', {}],
    ['replay a scenario that reads outside', 'scenario: sly.yaml', 'scenario', {}],
  ])('%s', async (_what, config, setting, env, args = []) => {
    const cwd = await checkout(config.startsWith('scenario') ? '' : config);
    if (config.startsWith('scenario')) await writeFile(path.join(cwd, NAME), `${config}\n`);
    const { code, stderr } = await callCli(['run', '-n', '1', '--dry-run', ...args], { cwd, env });
    expect(stderr).toContain(`${NAME}: ${setting}: `);
    expect(stderr).toContain(`name it with --config ${NAME}`);
    expect(stderr).not.toContain(KEY.OPENAI_API_KEY);
    expect(code).toBe(2);
  });

  it('hide itself', async () => {
    const cwd = await checkout('quiet: true');
    const { code, stderr } = await callCli(['run', '-n', '1', '--dry-run'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `config: ${NAME}\n` });
  });
});

describe.concurrent('it may', () => {
  it.each([
    ['do what it likes where it is named', 'url: https://api.example/v1', ['--config', NAME]],
    ['say what a flag says otherwise', 'out: ../escape', ['--out', 'results']],
    ['send the key to this machine', 'url: http://localhost:8000/v1', []],
    [
      'go without a proxy, or by one of this machine',
      'url: http://localhost:8000/v1\nproxy: localhost:3128',
      [],
    ],
    ['write below the working directory', 'exportJson: deep/r.json', []],
  ])('%s', async (_what, config, args) => {
    const cwd = await checkout(config);
    const { code } = await callCli(['run', '-n', '1', '--dry-run', ...args], { cwd, env: KEY });
    expect(code).toBe(0);
  });
});
