import { constants, createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

const MAX_FILE_MIB = 10;

/**
 * The text of a file, or in a few words why it can't be had (`no such file`, `a directory` …).
 * Reads at most 10 MiB of UTF-8; anything that can be opened will do, pipes included.
 */
export async function readTextFile(
  path: string,
): Promise<{ text: string; problem?: undefined } | { text?: undefined; problem: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of await chunksOf(path)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_FILE_MIB * 1024 ** 2) return { problem: `more than ${MAX_FILE_MIB} MiB` };
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: reasons[code ?? ''] ?? `an unreadable file (${code ?? 'no reason given'})` };
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { problem: 'bytes that are no UTF-8 text' };
  }
}

/** Opened in the ordinary way, a pipe that nobody writes to would hold a thread, and with it the end of the process. */
async function chunksOf(path: string): Promise<AsyncIterable<Buffer>> {
  const facts = await stat(path);
  if (!facts.isFIFO()) return createReadStream(path);
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

const reasons: Partial<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'a file that may not be read',
};
