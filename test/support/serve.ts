import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startCli } from './cli.ts';

/** `serve` in a process of its own. */
export interface Served {
  url: string;
  /** File of the certificate to trust, with `--tls`. */
  caFile: string;
  readCa(): Promise<string>;
}

/** Starts `serve` on a free port, without delays; it ends with the test file. */
export async function serveForTest(
  args: readonly string[] = [],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Served> {
  const running = await startCli(
    ['serve', '--port', '0', '--profile', 'instant', ...args],
    options,
  );
  const line = await running.line(/^listening on /);
  const caFile = path.join(running.cwd, 'ca.pem');
  return {
    url: line.replace('listening on ', ''),
    caFile,
    readCa: () => readFile(caFile, 'utf8'),
  };
}
