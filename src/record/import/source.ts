import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { UsageError } from '../../errors.ts';
import { createUnzstd } from '../../unzstd.ts';
import { readRecords, type SourceRecord, type TornPolicy } from './records.ts';

/** A file of sessions, or what came through a pipe. */
export interface Source {
  /** Its path, or `stdin`. */
  path: string;
  /** The records, from the start; the second call reads the file again. */
  records: () => AsyncIterable<SourceRecord>;
}

/**
 * A file, unpacked where its name ends in .gz or .zst.
 * @throws UsageError if there is none that can be read
 */
export async function openSource(path: string, torn: TornPolicy): Promise<Source> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined || facts.isDirectory()) {
    const got = facts === undefined ? 'no such file' : 'a folder';
    throw new UsageError(`import: expected a session file, got ${path} (${got})`);
  }
  return { path, records: () => readRecords(path, unpacked(path), torn) };
}

/** A pipe, which can be read once: what was read of it to tell its format is kept. */
export function pipeSource(stream: Readable, torn: TornPolicy): Source {
  const read: SourceRecord[] = [];
  const rest = readRecords('stdin', stream, torn)[Symbol.asyncIterator]();
  return {
    path: 'stdin',
    records: async function* () {
      yield* read;
      for (;;) {
        const next = await rest.next();
        if (next.done === true) return;
        // Only the first few are asked for twice.
        if (read.length < HEAD_RECORDS) read.push(next.value);
        yield next.value;
      }
    },
  };
}

/** So many records tell a format. */
const HEAD_RECORDS = 30;

/** The first records, or all there are. */
export async function headOf(source: Source): Promise<unknown[]> {
  const head: unknown[] = [];
  for await (const { value } of source.records()) {
    head.push(value);
    if (head.length === HEAD_RECORDS) break;
  }
  return head;
}

/** What a scenario of a file is called: the file's name, or its folder's where all files have the same. */
export function sessionName(path: string): string {
  const file = basename(path)
    .replace(/\.(jsonl?|har|ndjson|gz|zst)$/gi, '')
    .replace(/\.jsonl?$/i, '');
  // Codex puts the time first, and an id of 36 characters after it.
  const codexTime = /^rollout-(\d{4}-\d\d-\d\dT[\d-]{8})-/.exec(file)?.[1];
  const telling =
    codexTime !== undefined
      ? `codex-${codexTime}`
      : file === 'events'
        ? basename(dirname(path))
        : file;
  const allowed = telling.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return allowed.slice(0, 56) || 'session';
}

function unpacked(path: string): Readable {
  const file = createReadStream(path);
  const unpack = unpackerOf(path);
  if (unpack === undefined) return file;
  // Errors come out where it is read.
  pipeline(file, unpack, () => undefined);
  return unpack;
}

function unpackerOf(path: string): Transform | undefined {
  if (path.endsWith('.gz')) return zlib.createGunzip();
  return path.endsWith('.zst') ? createUnzstd() : undefined;
}
