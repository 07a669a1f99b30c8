import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';

/** Name of a run's folder: `20261122T181530Z-coding-agent`. */
export function resultFolderName(startedAt: Date, scenario: string): string {
  const utc = startedAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return `${utc}-${scenario.replace(/[^A-Za-z0-9._-]+/g, '-')}`;
}

/**
 * Makes a new folder for a run under `parent` and returns its path; `-2`, `-3` … where the name is taken.
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
    await mkdir(parent, { recursive: true });
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
