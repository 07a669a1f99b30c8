import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { type MockProcess, startMockProcess } from '../../src/mock/process/process.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import { greeter } from './mock-server.ts';

const options: MockOptions = {
  host: '127.0.0.1',
  port: 0,
  tls: { kind: 'off' },
  scripts: [greeter],
  profile: profiles.instant,
};

async function startTestProcess(given: Partial<MockOptions> = {}): Promise<MockProcess> {
  const mock = await startMockProcess({ ...options, ...given });
  onTestFinished(() => mock.stop());
  return mock;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(`${url}/responses`, {
    method: 'POST',
    body: '{"model":"greeter","input":"hi"}',
  });
  await response.text();
  return response.status;
}

describe('a mock in its own process', () => {
  it('serves until it is stopped, and leaves no process behind', async () => {
    const mock = await startTestProcess();
    const { url, pid } = mock;
    expect(await statusOf(url)).toBe(200);
    await mock.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(statusOf(url)).rejects.toThrow();
    await mock.stop();
  });

  it('hands over the certificate that it made', async () => {
    const { url, ca } = await startTestProcess({ tls: { kind: 'generated' } });
    expect(url).toMatch(/^https:/);
    expect(ca).toContain('BEGIN CERTIFICATE');
  });

  it('stays when the terminal sends Ctrl-C to the whole group', async () => {
    const { url, pid } = await startTestProcess();
    process.kill(pid, 'SIGINT');
    expect(await statusOf(url)).toBe(200);
  });

  it('reports a port that is taken as the user’s mistake', async () => {
    const { url } = await startTestProcess();
    const start = startMockProcess({ ...options, port: Number(new URL(url).port) });
    await expect(start).rejects.toThrow(UsageError);
    await expect(start).rejects.toThrow(/the port is taken/);
  });

  it('does not start under a signal that is aborted', async () => {
    const reason = new Error('changed my mind');
    await expect(startMockProcess(options, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const start = startMockProcess(options, controller.signal);
    controller.abort(reason);
    await expect(start).rejects.toBe(reason);
  });

  it.each<[string, (parent: { pid: number }) => void]>([
    ['is killed', ({ pid }) => process.kill(pid, 'SIGKILL')],
    ['just ends', () => undefined],
  ])('goes when its parent %s', async (how, end) => {
    const entry = new URL('../../dist/mock/process/process.js', import.meta.url).href;
    const wait = how === 'is killed' ? 'setInterval(() => {}, 1000);' : '';
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { startMockProcess } from ${JSON.stringify(entry)};
       const mock = await startMockProcess(${JSON.stringify(options)});
       console.log(mock.pid);
       ${wait}`,
    ]);
    onTestFinished(() => {
      parent.kill('SIGKILL');
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    expect(pid).toBeGreaterThan(0);
    end({ pid: Number(parent.pid) });
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });
});
