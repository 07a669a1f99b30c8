import { constants, createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/**
 * The bytes of a file or a pipe, or in a few words why they can't be had (`no such file`, `a device` …). A pipe that
 * nobody writes into yet is waited for, without holding up the process, until the signal aborts.
 * @throws the signal's reason if it aborts.
 */
export async function readBounded(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<{ bytes: Buffer; problem?: undefined } | { bytes?: undefined; problem: string }> {
  signal?.throwIfAborted();
  const tooLong = { problem: `more than ${formatLimit(maxBytes)}` };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return { problem: 'a directory' };
    if (!facts.isFile() && !facts.isFIFO()) return { problem: 'a device' };
    if (facts.size > maxBytes) return tooLong;
    const stream = facts.isFIFO()
      ? await openPipe(path, signal)
      : createReadStream(path, { signal });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) return tooLong;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    return { problem: reasons[code ?? ''] ?? `an unreadable file (${code ?? 'no reason given'})` };
  }
  return { bytes: Buffer.concat(chunks) };
}

/** Opened the plain way, a pipe without a writer keeps one of Node's few threads, and the process from ending. */
async function openPipe(path: string, signal?: AbortSignal): Promise<Readable> {
  // Not a FileHandle: that one closes what the socket owns.
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false, ...(signal && { signal }) });
}

function formatLimit(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1e6} MB`;
}

const reasons: Partial<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'a file that may not be read',
};
