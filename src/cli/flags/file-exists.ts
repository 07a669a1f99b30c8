import { stat } from 'node:fs/promises';
import path from 'node:path';

/** The answer to whether there is a result at a path: a file, or a folder that holds a result.json. */
export async function fileExists(fileOrFolder: string): Promise<boolean> {
  const facts = await stat(fileOrFolder).catch(() => undefined);
  if (facts?.isDirectory() !== true) return facts !== undefined;
  return stat(path.join(fileOrFolder, 'result.json')).then(
    () => true,
    () => false,
  );
}
