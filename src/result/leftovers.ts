import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

const TEMPORARY = /^\.agent-latency-bench-(\d+)-[0-9a-f]+\.tmp$/;

/** The name of a file that is being written; it says which process writes it. */
export function temporaryName(): string {
  return `.agent-latency-bench-${String(process.pid)}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Whether a name is that of a file that was being written. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/** Takes away what processes that are gone left half-written in a folder. */
export async function sweepLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = Number(TEMPORARY.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(path.join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
