import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';
import { JOURNAL_FILE } from './journal.ts';
import { isTemporary } from './leftovers.ts';

/** Name of a run's folder: `20261122T181530Z-coding-agent`. */
export function resultFolderName(startedAt: Date, scenario: string): string {
  const utc = startedAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${utc}-${scenario.replace(/[^A-Za-z0-9._-]+/g, '-')}`;
}

/**
 * The path of a new folder for a run under `parent`; `-2`, `-3` … where the name is taken.
 * Done before the run, so that a folder that can't be written costs no run.
 * @throws UsageError if it can't be made.
 */
export async function createResultFolder(
  parent: string,
  startedAt: Date,
  scenario: string,
): Promise<string> {
  const name = resultFolderName(startedAt, scenario);
  try {
    await makeFolders(path.resolve(parent));
    for (let attempt = 1; ; attempt += 1) {
      const folder = path.join(parent, attempt === 1 ? name : `${name}-${attempt}`);
      if (await madeFolder(folder)) return folder;
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UsageError(
      `--out: expected a folder that can be written, got ${parent} (${code}); name another one`,
      { cause },
    );
  }
}

/** Whether this is the folder of a run that was killed before it could write a line: not even which shard it was is known. */
export async function isUnwritten(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return false;
  const written = names.filter((name) => !isTemporary(name));
  if (written.length === 0) return true;
  if (written.join() !== JOURNAL_FILE) return false;
  return !(await readFile(path.join(folder, JOURNAL_FILE), 'utf8')).includes('\n');
}

/**
 * Makes a folder and those above it that are missing. Node's own recursive mkdir goes round for ever below a folder that
 * is there but takes no others, such as /proc.
 */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') {
      const facts = await stat(folder).catch(() => undefined);
      if (facts?.isDirectory() === true) return;
      throw error;
    }
    const above = path.dirname(folder);
    if (above === folder) throw error;
    await makeFolders(above);
    // Another run may have made it meanwhile.
    await madeFolder(folder);
  }
}

/** False if the name is taken: by an earlier run, or by one that starts in the same second. */
async function madeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
