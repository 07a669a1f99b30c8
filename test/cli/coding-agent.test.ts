import { expect, it } from 'vitest';
import { onlyResult, runCli } from '../support/cli.ts';

it('run coding-agent: WebSocket sends at most a third of the bytes, for the same work', async () => {
  const args = ['--profile', 'instant', '--tool-time', 'none', '-n', '1', '-w', '0', '-c', '1'];
  const { code, stdout, cwd } = await runCli(['run', 'coding-agent', '--no-calibrate', ...args]);
  expect(code).toBe(0);
  expect(stdout).toContain('coding-agent · 25 steps');
  const { transports, rounds } = await onlyResult(cwd);
  const { http, ws } = transports;
  expect(http?.counters.requests).toBe(25);
  expect(http?.counters.connections).toBe(25);
  expect(ws?.counters.connections).toBe(1);
  expect(Number(ws?.counters.bytes_sent)).toBeLessThanOrEqual(
    Number(http?.counters.bytes_sent) / 3,
  );
  const outcomes = Object.values(rounds[0]?.workflows ?? {}).map((one) => one.outcomeSha256);
  expect(outcomes).toHaveLength(3);
  expect(new Set(outcomes).size).toBe(1);
});
