import { expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';

it('a server that stands still is told of when the time of a step is over', async () => {
  const serving = await startCli(['serve', '--port', '0', '--profile', 'instant']);
  const url = (await serving.line(/^listening on /)).replace('listening on ', '');
  // The kernel goes on accepting connections for it.
  serving.process.kill('SIGSTOP');
  const { code, stderr } = await runCli(['run', 'quick', '--url', url, '--timeout', '300ms', '-q']);
  expect(stderr).toBe(
    `error: ${url}: no answer within 300 ms; is it up? --timeout sets how long to wait\n`,
  );
  expect(code).toBe(1);
});
