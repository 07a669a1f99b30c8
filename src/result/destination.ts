import type { Stats } from 'node:fs';
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a text that is to be written goes, links followed. */
export type Destination =
  /** A descriptor that this process has open: `/dev/stdout`, `/dev/fd/3`. */
  | { kind: 'descriptor'; fd: number }
  /** A pipe, a terminal or `/dev/null`: takes text, but must not be replaced by a file of that name. */
  | { kind: 'device'; path: string; fifo: boolean }
  /** A file, and whose it is if it is there already. */
  | { kind: 'file'; path: string; held: FileRights | undefined };

/** Permissions and owner of a file. */
export type FileRights = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/**
 * The destination behind a path. A link stands for what it leads to, so that the user's link stays where it is.
 * @throws the system's error where the path can't be followed (`ENAMETOOLONG`, `ELOOP`, `ENOTDIR`, `EISDIR` …)
 */
export async function destinationOf(file: string): Promise<Destination> {
  const fd = ownDescriptor(file);
  if (fd !== undefined) return { kind: 'descriptor', fd };
  const real = await followed(path.resolve(file));
  const facts = await stat(real).catch(absent);
  if (facts === undefined) return { kind: 'file', path: real, held: undefined };
  if (facts.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  return facts.isFile()
    ? { kind: 'file', path: real, held: facts }
    : { kind: 'device', path: real, fifo: facts.isFIFO() };
}

/** Opened anew, a file behind it would be written from its beginning, over what the shell had put there. */
function ownDescriptor(file: string): number | undefined {
  const named = { '/dev/stdout': 1, '/dev/stderr': 2 }[file];
  const [, digits] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(file) ?? [];
  return named ?? (digits === undefined ? undefined : Number(digits));
}

const MOST_LINKS = 40;

/** The path without links, also where the last of them leads to nothing yet. */
async function followed(file: string): Promise<string> {
  let next = file;
  for (let links = 0; links < MOST_LINKS; links++) {
    next = path.join(await realpath(path.dirname(next)), path.basename(next));
    const facts = await lstat(next).catch(absent);
    if (facts?.isSymbolicLink() !== true) return next;
    next = path.resolve(path.dirname(next), await readlink(next));
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
