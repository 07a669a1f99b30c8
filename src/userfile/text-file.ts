import { readBounded } from '../read-bounded.ts';

const MAX_FILE_MIB = 10;

/**
 * The text of a file, or in a few words why it can't be had (`no such file`, `a directory` …).
 * Reads at most 10 MiB of UTF-8, from a file or a pipe.
 */
export async function readTextFile(
  path: string,
): Promise<{ text: string; problem?: undefined } | { text?: undefined; problem: string }> {
  const { bytes, problem } = await readBounded(path, MAX_FILE_MIB * 1024 ** 2);
  if (bytes === undefined) return { problem };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'bytes that are no UTF-8 text' };
  }
}
