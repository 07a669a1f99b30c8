import path from 'node:path';
import { type Result, resultSchema } from './schema.ts';
import { writeWhole } from './write-whole.ts';

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
