import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { callCli, type Finished, onlyResult, runCli, tempFolder } from '../support/cli.ts';
import { identityForTest } from '../support/identity.ts';
import { servedMockForTest } from '../support/mock.ts';
import { proxyForTest } from '../support/proxy.ts';
import { closedPort } from '../support/servers.ts';

vi.setConfig({ testTimeout: 60_000 });

const quickly = ['-n', '1', '-w', '0', '--no-calibrate', '--tool-time', 'none'];
const authorization = `Basic ${Buffer.from('jo:planted').toString('base64')}`;

describe.concurrent('a run with a proxy', () => {
  it('that the environment names goes through it, says so, and keeps the password to itself', async () => {
    const served = await servedMockForTest();
    const witness = await proxyForTest({ authorization });
    const address = witness.url.replace('http://', '');
    const finished = await runCli(
      ['run', 'chat', '--url', served.url, '-t', 'http,ws', '--full', ...quickly],
      {
        env: { http_proxy: `http://jo:planted@${address}` },
      },
    );
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain(`http://${address}, a CONNECT tunnel for each connection`);
    const { run, transports } = await onlyResult(finished.cwd);
    expect(run.endpoint.proxy).toBe(`http://${address}`);
    expect(run.fingerprint.proxied).toBe(true);
    expect(transports['http']?.metrics.proxy?.count).toBe(3);
    expect(transports['ws']?.metrics.proxy?.count).toBe(1);
    // Two more: the question before the run, and who the mock is.
    expect(witness.seen.connections).toBe(6);
    expect(await allThatIsLeft(finished)).not.toMatch(/planted|cGxhbnRlZA|amo6cGxhbnRlZA/);
  });

  it('that is down ends with 1, naming it, and leaves the endpoint alone', async () => {
    const served = await servedMockForTest();
    const port = String(await closedPort());
    const finished = await runCli(['run', 'chat', '--url', served.url, ...quickly], {
      env: { ALL_PROXY: `http://jo:planted@127.0.0.1:${port}` },
    });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain(`the proxy http://127.0.0.1:${port} is out of reach`);
    expect(finished.stderr).toContain('--proxy none');
    expect(await allThatIsLeft(finished)).not.toContain('planted');
  });

  it('that is down goes past it where told to, or with the bundled mock', async () => {
    const served = await servedMockForTest();
    const dead = `http://127.0.0.1:${String(await closedPort())}`;
    const env = { http_proxy: dead, https_proxy: dead, all_proxy: dead };
    for (const endpoint of [['--url', served.url, '--proxy', 'none'], []]) {
      const finished = await runCli(['run', 'chat', ...endpoint, '-t', 'http', ...quickly], {
        env,
      });
      expect(finished.code).toBe(0);
      expect((await onlyResult(finished.cwd)).run.endpoint.proxy).toBeUndefined();
    }
  });

  it.each<[why: string, args: string[], says: RegExp]>([
    [
      'no proxy',
      ['--proxy', 'socks5://jo:planted@p.example'],
      /proxy: expected the URL of a proxy/,
    ],
    ['no address', ['--resolve', 'a.example:443'], /resolve: expected host:port:address/],
    ['a key alone', ['--key', 'key.pem'], /--key: goes with --cert/],
    ['no file', ['--cert', 'nowhere.pem'], /--cert: expected a file of certificates.*ENOENT/],
    ['no key in it', ['--cert', 'cert.pem'], /--key: expected a file of a private key in PEM/],
    ['no TLS', ['--cert', 'cert.pem', '--key', 'key.pem'], /cert: shown over TLS only/],
  ])('is refused: %s', async (_why, args, says) => {
    const cwd = await tempFolder();
    const { cert, key } = await identityForTest();
    await writeFile(path.join(cwd, 'cert.pem'), cert);
    await writeFile(path.join(cwd, 'key.pem'), key);
    const finished = await callCli(['run', 'chat', '--url', 'http://127.0.0.1:9', ...args], {
      cwd,
    });
    expect(finished.code).toBe(2);
    expect(finished.stderr).toMatch(says);
    expect(finished.stderr).not.toContain('planted');
  });

  it('is refused where there is nothing to reach', async () => {
    const finished = await callCli(['run', 'chat', '--proxy', 'p.example']);
    expect(finished).toMatchObject({ code: 2 });
    expect(finished.stderr).toContain('--proxy: goes with --url');
  });
});

/** What the program said and wrote. */
async function allThatIsLeft({ stdout, stderr, cwd }: Finished): Promise<string> {
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  );
  return [stdout, stderr, ...texts].join('\n');
}
