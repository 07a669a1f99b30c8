import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';

/** What the program needs beside its connections: its own files, pipes and the parts of Node. */
const OWN_FILES = 64;

/**
 * The check, before anything is sent, that so many sessions at once may have a connection each: this process and the
 * bundled mock's are held to the same limit.
 * @param allowed open files that the system allows; undefined where it does not say
 * @throws UsageError saying what is needed, what is allowed, and how to raise it
 */
export function checkOpenFiles(concurrency: number, allowed = openFilesAllowed()): void {
  const needed = concurrency + OWN_FILES;
  if (allowed === undefined || needed <= allowed) return;
  throw new UsageError(
    `concurrency: ${concurrency} sessions at once need about ${needed} open files, and this shell allows ${allowed}; raise it (ulimit -n ${needed}), or lower -c to ${Math.max(1, allowed - OWN_FILES)}`,
  );
}

/** The limit of this process, from Linux' /proc/self/limits; Node has raised it as far as it may. */
function openFilesAllowed(): number | undefined {
  try {
    const [, soft] =
      /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
