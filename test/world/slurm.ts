import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { atEnd } from '../support/cleanup.ts';
import { tempFolder } from '../support/cli.ts';
import { closedPort } from '../support/servers.ts';
import { executableOf } from './programs.ts';

/** A Slurm cluster of one node, this machine. */
export interface Slurm {
  /** What one of Slurm's commands printed. */
  run(
    command: string,
    args: readonly string[],
    cwd: string,
    env?: NodeJS.ProcessEnv,
  ): Promise<string>;
  /** Waits until a job and all of its tasks have ended. */
  ended(job: string): Promise<void>;
}

const execute = promisify(execFile);
const install = 'slurm-wlm';

/**
 * A cluster whose daemons run in the foreground as whoever runs the test; it ends with the test file.
 * @throws Error naming the package to install, or with what a daemon said
 */
export async function startSlurm(): Promise<Slurm> {
  const folder = await tempFolder();
  await mkdir(path.join(folder, 'state'));
  await mkdir(path.join(folder, 'spool'));
  const conf = path.join(folder, 'slurm.conf');
  await writeFile(conf, configuration(folder, await closedPort(), await closedPort()));
  const environment = { ...process.env, SLURM_CONF: conf };

  let said = '';
  for (const name of ['slurmctld', 'slurmd']) {
    const daemon = spawn(executableOf({ name, install }), ['-D'], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    atEnd(async () => {
      if (daemon.exitCode !== null) return;
      daemon.kill();
      await once(daemon, 'exit');
    });
    for (const stream of [daemon.stdout, daemon.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
  }

  const run: Slurm['run'] = async (command, args, cwd, env = {}) => {
    const options = { cwd, env: { ...environment, ...env } };
    const { stdout } = await execute(executableOf({ name: command, install }), args, options);
    return stdout.trim();
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 600; tries++) {
      if (await holds()) return;
      await wait(200);
    }
    throw new Error(`Slurm: ${what} took too long: ${said.slice(-2000)}`);
  };
  await until('to start', async () => {
    const state = await run('sinfo', ['--noheader', '--format=%t'], folder).catch(() => '');
    return state === 'idle';
  });
  return {
    run,
    ended: (job) =>
      until(`job ${job}`, async () => {
        const left = await run('squeue', ['--noheader', `--jobs=${job}`], folder).catch(() => '');
        return left === '';
      }),
  };
}

/** One node of eight processors, whatever the machine has; nobody else is on it, so nobody is asked who he is. */
function configuration(folder: string, controllerPort: number, nodePort: number): string {
  const { username } = userInfo();
  const name = hostname().split('.')[0] ?? 'localhost';
  return `ClusterName=test
SlurmctldHost=${name}(127.0.0.1)
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/none
CredType=cred/none
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
NodeName=${name} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
`;
}
