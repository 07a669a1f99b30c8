import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { atEnd } from '../support/cleanup.ts';
import { tempFolder } from '../support/cli.ts';
import { closedPort } from '../support/servers.ts';

/** A program of somebody else's, how it is configured, and how it is started in the foreground. */
export interface Program {
  name: string;
  /** Debian's package. */
  install: string;
  config: (place: Place) => string;
  args: (place: Place) => string[];
}

/** Where a program listens, and what it may write to. */
interface Place {
  folder: string;
  config: string;
  port: number;
}

/**
 * Starts a program on a free port of the loopback; it ends with the test file.
 * @param files what lies beside its configuration
 * @throws Error naming the package to install, or with what the program said
 */
export async function startProgram(
  program: Program,
  files: Readonly<Record<string, string>> = {},
): Promise<number> {
  const executable = executableOf(program);
  const folder = await tempFolder();
  const place = { folder, config: path.join(folder, 'config'), port: await closedPort() };
  for (const [name, text] of Object.entries({ ...files, config: program.config(place) })) {
    await writeFile(path.join(folder, name), text);
  }
  const child = spawn(executable, program.args(place), { stdio: ['ignore', 'pipe', 'pipe'] });
  atEnd(() => child.kill());
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  for (let tries = 0; child.exitCode === null && tries < 200; tries++) {
    if (await listens(place.port)) return place.port;
    await wait(50);
  }
  throw new Error(`${program.name} did not start: ${said}`);
}

/**
 * The path of a program of somebody else's.
 * @throws Error naming the package to install
 */
export function executableOf({ name, install }: Pick<Program, 'name' | 'install'>): string {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `${name} is not installed: apt-get install ${install}; .ci/run installs what these tests need`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
