import { constants } from 'node:fs';
import { access, appendFile } from 'node:fs/promises';
import path from 'node:path';
import { RunError, UsageError } from '../../errors.ts';
import type { ReportOptions } from '../../report/formats/options.ts';
import { exportFormats, type Format } from '../../report/index.ts';
import { destinationOf } from '../../result/destination.ts';
import { type Content, wholeOf, writeWhole } from '../../result/write-whole.ts';
import type { OutputFlags } from '../flags/output-flags.ts';
import { terminalOptions } from './look.ts';
import { printText } from './printer.ts';

/**
 * The check, before anything is measured, that the files to export to can be written.
 * @throws UsageError naming the flag.
 */
export async function checkOutputs(flags: OutputFlags, results: number): Promise<void> {
  if (results > 1 && exportsOf(flags).length > 0) {
    throw new UsageError(`--export-…: one file holds one result, got ${String(results)} scenarios`);
  }
  if (results > 1 && flags.format === 'html') {
    throw new UsageError(
      `--format html: one page holds one result, got ${String(results)} scenarios; each leaves its own report.html`,
    );
  }
  const toStdout = exportsOf(flags).filter(([, , file]) => file === '-');
  if (toStdout.length > 1) {
    throw new UsageError('expected one --export-… to - (stdout) at most, got several');
  }
  const writtenBy = new Map<string, string>();
  for (const [flag, , file] of exportsOf(flags)) {
    if (file === '-') continue;
    const place = await placeOf(flag, file);
    const other = writtenBy.get(place);
    if (other !== undefined) {
      throw new UsageError(`${flag}: expected a file of its own, got ${file}, as ${other} did`);
    }
    writtenBy.set(place, flag);
  }
}

/** Where an export really goes: two links to one file are one place. */
async function placeOf(flag: string, file: string): Promise<string> {
  if (file === '') throw new UsageError(`${flag}: expected a file, got an empty name`);
  const destination = await destinationOf(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${flag}: ${unwritable[code ?? ''] ?? unwritable.ENOENT}, got ${file}`);
  });
  if (destination.kind === 'descriptor') return `descriptor ${String(destination.fd)}`;
  if (destination.kind === 'file' && !(await isWritable(path.dirname(destination.path)))) {
    throw new UsageError(`${flag}: ${unwritable.ENOENT}, got ${file}`);
  }
  return destination.path;
}

const unwritable: Partial<Record<string, string>> & { ENOENT: string } = {
  ENOENT: 'expected a file in a folder that can be written',
  EISDIR: 'expected a file, not a folder',
  ENAMETOOLONG: 'expected a name that the file system takes, not one that is too long',
  ELOOP: 'expected a file, not links that lead to each other',
};

/**
 * The format that stdout holds, once a document was printed there: an export to stdout takes the place of the printed
 * one. The files come after it: what a full disk does to them costs the print-out nothing.
 */
export function printOutput<Document>(
  document: Document,
  reporters: Reporters<Document>,
  flags: OutputFlags,
  options: Pick<ReportOptions, 'folder' | 'gate'> = {},
  print: (format: Format, text: string) => void = (_, text) => {
    printText(text);
  },
): Format {
  const exports = exportsOf(flags);
  const printed = exports.find(([, , file]) => file === '-')?.[1] ?? flags.format;
  const full = flags.full ?? false;
  const content = reporters[printed](document, { ...terminalOptions(), full, ...options });
  print(printed, wholeOf(content));
  return printed;
}

/**
 * The output of a document: printed on stdout, then written to its exports.
 * @throws RunError naming the exports that could not be written
 */
export async function writeOutputs<Document>(
  document: Document,
  reporters: Reporters<Document>,
  flags: OutputFlags,
): Promise<void> {
  printOutput(document, reporters, flags);
  await writeEach(exportFiles(document, reporters, flags));
}

/** What renders a document, by format. */
type Reporters<Document> = Readonly<
  Record<Format, (document: Document, options?: ReportOptions) => Content>
>;

/** A file to be written, as it is called, and what writes it. */
export type FileToWrite = readonly [file: string, write: () => Promise<void>];

/** The exports of a document. */
export function exportFiles<Document>(
  document: Document,
  reporters: Reporters<Document>,
  flags: OutputFlags,
  options: Pick<ReportOptions, 'folder' | 'gate'> = {},
  signal?: AbortSignal,
): FileToWrite[] {
  return exportsOf(flags)
    .filter(([, , file]) => file !== '-')
    .map(([, format, file]) => [
      file,
      () => writeExport(format, file, reporters[format](document, options), signal),
    ]);
}

/** A job's summary is added to what other steps wrote there. */
async function writeExport(
  format: Format,
  file: string,
  content: Content,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (format === 'github-summary') await appendFile(file, wholeOf(content));
  else await writeWhole(file, content, signal);
}

/**
 * The writing of files one after another, each whatever became of the others.
 * @throws RunError naming those that could not be written, and saying where what was saved is
 */
export async function writeEach(files: readonly FileToWrite[]): Promise<void> {
  const failures: string[] = [];
  const saved: string[] = [];
  for (const [file, write] of files) {
    try {
      await write();
      saved.push(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      failures.push(`${file} (${code})`);
    }
  }
  if (failures.length === 0) return;
  const rest = saved.length === 0 ? '' : `; saved: ${saved.join(', ')}`;
  throw new RunError(`could not be written: ${failures.join(', ')}${rest}`);
}

function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function exportsOf(flags: OutputFlags): [flag: string, format: Format, file: string][] {
  return exportFormats.flatMap(({ key, flag, format }) => {
    const file = flags[key];
    return file === undefined ? [] : [[flag, format, file]];
  });
}
