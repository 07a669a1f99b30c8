import { constants, open as openDescriptor, writeFile as writeDescriptor } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { destinationOf, type FileRights } from './destination.ts';
import { sweepLeftovers, temporaryName } from './leftovers.ts';

/** How often a pipe is asked whether somebody reads it by now. */
const READER_POLL_MS = 50;

/** A text, or its pieces one after another where the whole would fill the memory. */
export type Content = string | Iterable<string>;

/**
 * A text, written so that a reader, or a crash at any moment, never sees half of a file: temporary file, fsync, rename.
 * A link is followed, a file keeps its permissions, devices and pipes are written in place.
 * @param signal ends the wait for the reader of a pipe
 * @throws the system's error, or the signal's reason
 */
export async function writeWhole(
  file: string,
  content: Content,
  signal?: AbortSignal,
): Promise<void> {
  const destination = await destinationOf(file);
  switch (destination.kind) {
    case 'descriptor':
      for (const piece of piecesOf(content)) {
        await promisify(writeDescriptor)(destination.fd, piece);
      }
      return;
    case 'device':
      if (destination.fifo) await writePipe(destination.path, content, signal);
      else await writeFile(destination.path, piecesOf(content));
      return;
    case 'file':
      await replaceFile(destination.path, destination.held, content);
  }
}

async function replaceFile(
  file: string,
  held: FileRights | undefined,
  content: Content,
): Promise<void> {
  const folder = path.dirname(file);
  await sweepLeftovers(folder);
  const temporary = path.join(folder, temporaryName());
  try {
    const handle = await open(temporary, 'wx');
    try {
      if (held !== undefined) {
        await handle.chmod(held.mode & 0o777);
        // Only root may give a file away; whoever else could write it owned it, or its folder.
        await handle.chown(held.uid, held.gid).catch(() => undefined);
      }
      for (const piece of piecesOf(content)) await handle.writeFile(piece);
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

/** Opened in the ordinary way, a pipe that nobody reads would hold a thread, and with it the end of the process. */
async function writePipe(
  file: string,
  content: Content,
  signal: AbortSignal | undefined,
): Promise<void> {
  const fd = await openForWriting(file, signal);
  const pipe = new Socket({ fd, readable: false, writable: true });
  try {
    await pipeline(piecesOf(content), pipe, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** The text that these pieces make. */
export function wholeOf(content: Content): string {
  return typeof content === 'string' ? content : [...content].join('');
}

/** A string is its own characters, which would be written one by one. */
function piecesOf(content: Content): Iterable<string> {
  return typeof content === 'string' ? [content] : content;
}

async function openForWriting(file: string, signal: AbortSignal | undefined): Promise<number> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await promisify(openDescriptor)(file, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    await delay(READER_POLL_MS, undefined, { signal });
  }
}
