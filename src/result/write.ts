import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Result, resultSchema } from './schema.ts';

/**
 * Writes `result.json` and the files drawn from it (name to content) into an existing folder. Each file appears whole
 * or not at all, and `result.json` comes last: where it is, everything is.
 * @throws Error if the document does not fit its own schema: our bug, never the user's.
 */
export async function writeResult(
  folder: string,
  result: Result,
  drawnFiles: Readonly<Record<string, string>> = {},
): Promise<void> {
  const text = `${JSON.stringify(resultSchema.parse(result))}\n`;
  for (const [name, content] of Object.entries(drawnFiles)) {
    await writeWhole(path.join(folder, name), content);
  }
  await writeWhole(path.join(folder, 'result.json'), text);
}

/** Writes a file so that a reader, or a crash at any moment, never sees half of it: temporary file, fsync, rename. */
export async function writeWhole(file: string, content: string): Promise<void> {
  if (await isDevice(file)) {
    await writeFile(file, content);
    return;
  }
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A pipe or `/dev/null` takes text, but must not be replaced by a file of that name. */
async function isDevice(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => undefined);
  return facts !== undefined && !facts.isFile() && !facts.isDirectory();
}
