import { verifyComparisons } from '../compare/verify.ts';
import { readResultFile } from '../result/read.ts';
import type { Result } from '../result/schema.ts';

/**
 * A result from a file, a pipe, or the folder of a run, checked in full: its form, that no part contradicts another, and
 * that its comparisons and its attribution follow from its rounds.
 * @throws UsageError with file and reason if it is missing, truncated, no result, newer than this tool, or edited; the
 * signal's reason if it aborts.
 */
export async function readResult(fileOrFolder: string, signal?: AbortSignal): Promise<Result> {
  const result = await readResultFile(fileOrFolder, signal);
  verifyComparisons(result, fileOrFolder);
  return result;
}
