import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bin, tempFolder } from '../support/cli.ts';

/** V8 waits 8 s before it takes a process for idle. */
const waits =
  '-t ws -n 10 -w 0 -c 1 --tool-time none --rtt 150ms --profile instant -q --no-calibrate'.split(
    ' ',
  );

it('is not collected and shrunk as an idle process while it waits for round trips', async () => {
  const args = ['--trace-gc', bin, 'run', 'chat', ...waits, '--format', 'csv'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: await tempFolder() });
  expect(stdout).toContain('Scavenge');
  expect(stdout).not.toContain('(reduce)');
}, 60_000);
