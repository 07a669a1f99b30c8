import { rmdir } from 'node:fs/promises';
import type { Part } from '../../app/merge/part.ts';
import { mergeResults } from '../../app/merge.ts';
import type { FlagsOf } from '../../app/options/settings/index.ts';
import { readResult } from '../../app/read-result.ts';
import { resultWriters } from '../../report/index.ts';
import { createResultFolder, isUnwritten } from '../../result/folder.ts';
import { checkOutputs, exportFiles, printOutput, writeEach } from '../terminal/outputs.ts';
import { resultFiles } from './result-files.ts';

/** The action of `merge`: prints the one result of several and writes its folder. */
export async function mergeAction(
  files: readonly string[],
  flags: FlagsOf<'merge'> & { partial?: true },
): Promise<void> {
  await checkOutputs(flags, 1);
  const parts: Part[] = [];
  for (const source of files) {
    if (await isUnwritten(source)) {
      process.stderr.write(
        `note: ${source} was left out: its run was killed before it had written anything\n`,
      );
    } else {
      parts.push({ source, result: await readResult(source) });
    }
  }
  const result = mergeResults(parts, { partial: flags.partial ?? false });

  const folder = await createResultFolder(flags.out, new Date(), result.run.scenario.name);
  try {
    printOutput(result, resultWriters, flags, { folder });
    await writeEach([
      ...resultFiles(folder, result),
      ...exportFiles(result, resultWriters, flags, { folder }),
    ]);
  } catch (error) {
    // An empty folder would look like a result.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
}
