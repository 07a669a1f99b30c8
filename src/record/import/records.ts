import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { UsageError } from '../../errors.ts';
import { isRecord } from '../../is-record.ts';

/** A JSON object of a file, and the line where it stands. */
export interface SourceRecord {
  line: number;
  value: Record<string, unknown>;
}

/** Longest line, or longest file that is one document. */
const MAX_RECORD_MIB = 256;

/** What becomes of a line, or a document, that is cut off or garbled. */
export interface TornPolicy {
  /** Reading ends before it, as if the file did. */
  allowTorn: boolean;
  /** Told where that was. */
  onTorn?: (line: number) => void;
}

/**
 * The JSON objects of a text: one a line, or the one document, or the entries of the one list. No more than a line, or
 * the one document, is held at a time.
 * @throws UsageError naming the line where something else stands
 */
export async function* readRecords(
  path: string,
  stream: Readable,
  { allowTorn, onTorn }: TornPolicy = { allowTorn: false },
): AsyncIterable<SourceRecord> {
  let number = 0;
  let document: string[] | undefined;
  let documentLength = 0;
  for await (const line of linesOf(path, stream)) {
    number += 1;
    if (document !== undefined) {
      document.push(line);
      documentLength += line.length;
      if (documentLength > MAX_RECORD_MIB * 1024 ** 2) throw tooLong(path, number);
      continue;
    }
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (value === undefined && number === 1 && /^\s*[[{]/.test(line)) {
      document = [line];
      continue;
    }
    if (value === undefined && allowTorn) {
      onTorn?.(number);
      return;
    }
    yield* entriesOf(value, path, number, line);
  }
  if (document === undefined) return;
  const text = document.join('\n');
  yield* entriesOf(parsed(text), path, 1, text);
}

function* entriesOf(
  value: unknown,
  path: string,
  line: number,
  text: string,
): Iterable<SourceRecord> {
  if (isRecord(value)) yield { line, value };
  else if (Array.isArray(value) && value.every(isRecord)) {
    for (const entry of value) yield { line, value: entry };
  } else throw new UsageError(`${path}:${line}: expected a JSON object, got ${gotOf(value, text)}`);
}

/** Without a word of what stands there: it may be somebody's prompt. */
function gotOf(value: unknown, text: string): string {
  if (Array.isArray(value)) return 'a list of other things';
  if (value !== undefined) return `a ${value === null ? 'null' : typeof value}`;
  if (!/^\s*[[{]/.test(text)) return 'text that is not JSON';
  return text.includes('\n')
    ? 'a document that is cut off or garbled'
    : 'a line that is cut off or garbled; if the session is still being written, --allow-torn reads what comes before';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* linesOf(path: string, stream: Readable): AsyncIterable<string> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const pieces = decoder.write(chunk).split('\n');
      for (const [index, piece] of pieces.entries()) {
        parts.push(piece);
        length += piece.length;
        if (length > MAX_RECORD_MIB * 1024 ** 2) throw tooLong(path, number);
        if (index === pieces.length - 1) break;
        yield parts.join('').replace(/^\uFEFF/, '');
        parts = [];
        length = 0;
        number += 1;
      }
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UsageError(`${path}: expected a file that can be read, got ${code}`);
  }
  parts.push(decoder.end());
  const last = parts.join('');
  if (last !== '') yield last.replace(/^\uFEFF/, '');
}

function tooLong(path: string, line: number): UsageError {
  return new UsageError(
    `${path}:${line}: expected lines, or a document, of at most ${MAX_RECORD_MIB} MiB, got more`,
  );
}
