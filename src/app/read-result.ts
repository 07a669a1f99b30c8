import { verifyComparisons } from '../compare/verify.ts';
import { journalFileIn, readResultFile, readText, refusal } from '../result/read.ts';
import type { Result } from '../result/schema.ts';
import { salvage } from './run/salvage.ts';

/**
 * A result from a file, a pipe, or the folder of a run, checked in full: its form, that no part contradicts another, and
 * that its comparisons and its attribution follow from its rounds. Of a run that was killed, what its journal holds.
 * @throws UsageError with file and reason if it is missing, truncated, no result, newer than this tool, or edited; the
 * signal's reason if it aborts.
 */
export async function readResult(fileOrFolder: string, signal?: AbortSignal): Promise<Result> {
  const journal = await journalFileIn(fileOrFolder);
  if (journal !== undefined) return salvaged(await readText(journal, signal), journal);
  const result = await readResultFile(fileOrFolder, signal);
  verifyComparisons(result, fileOrFolder);
  return result;
}

function salvaged(text: string, file: string): Result {
  try {
    return salvage(text);
  } catch (cause) {
    throw refusal(file, `a damaged journal: ${(cause as Error).message}`, cause);
  }
}
