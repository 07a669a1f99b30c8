import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

interface ProcessFacts {
  pid: number;
  parent: number;
  state: string;
}

/** The processes that a process started and that still run, by id. */
export function childrenOf(pid: number): number[] {
  return processes()
    .filter(({ parent, state }) => parent === pid && !state.startsWith('Z'))
    .map((child) => child.pid);
}

/** Whether a process runs; one that has ended and waits for nobody to ask how does not. */
export function isRunning(pid: number): boolean {
  return processes().some((one) => one.pid === pid && !one.state.startsWith('Z'));
}

/** Resolves once none of the processes runs any more. */
export async function ended(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** From /proc where there is one: slim images have no `ps`. */
function processes(): ProcessFacts[] {
  if (!existsSync('/proc/self/stat')) return fromPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // pid (name, which may hold anything) state parent …
        const [, state = '', parent] =
          /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
        return [{ pid: Number(name), parent: Number(parent), state }];
      } catch {
        return [];
      }
    });
}

function fromPs(): ProcessFacts[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state = '']) => ({ pid: Number(pid), parent: Number(parent), state }));
}

/** Whether a process has come so far that SIGTERM no longer just ends it; taken for granted where there is no /proc. */
export function catchesSigterm(pid: number): boolean {
  try {
    const [, caught = '0'] =
      /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;
  } catch {
    return true;
  }
}
