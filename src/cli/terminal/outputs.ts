import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../../errors.ts';
import { exportFormats, type Format } from '../../report/format-names.ts';
import type { ReportOptions } from '../../report/formats/options.ts';
import { writeWhole } from '../../result/write.ts';
import type { OutputFlags } from '../flags/output-flags.ts';

/**
 * Makes sure, before anything is measured, that the files to export to can be written.
 * @throws UsageError naming the flag.
 */
export async function checkOutputs(flags: OutputFlags, results: number): Promise<void> {
  if (results > 1 && exportsOf(flags).length > 0) {
    throw new UsageError(`--export-…: one file holds one result, got ${String(results)} scenarios`);
  }
  const toStdout = exportsOf(flags).filter(([, , file]) => file === '-');
  if (toStdout.length > 1) {
    throw new UsageError('expected one --export-… to - (stdout) at most, got several');
  }
  const writtenBy = new Map<string, string>();
  for (const [flag, , file] of exportsOf(flags)) {
    if (file === '-') continue;
    const other = writtenBy.get(path.resolve(file));
    if (other !== undefined) {
      throw new UsageError(`${flag}: expected a file of its own, got ${file}, as ${other} did`);
    }
    writtenBy.set(path.resolve(file), flag);
    if (!(await isWritableFolder(path.dirname(path.resolve(file))))) {
      throw new UsageError(`${flag}: expected a file in a folder that can be written, got ${file}`);
    }
    if (await isFolder(file)) {
      throw new UsageError(`${flag}: expected a file, got the folder ${file}`);
    }
  }
}

/**
 * Prints a document on stdout and writes its exports. An export to stdout takes the place of the printed format.
 * @returns the format that stdout holds.
 */
export async function writeOutputs<Document>(
  document: Document,
  reporters: Readonly<Record<Format, (document: Document, options?: ReportOptions) => string>>,
  flags: OutputFlags,
  options: Pick<ReportOptions, 'folder' | 'gate'> = {},
): Promise<Format> {
  let printed = flags.format;
  for (const [, format, file] of exportsOf(flags)) {
    if (file === '-') printed = format;
    else await writeWhole(file, reporters[format](document, options));
  }
  const text = reporters[printed](document, {
    ...terminalOptions(),
    ...options,
  });
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return printed;
}

/** How a text for this terminal is to look. */
export function terminalOptions(): ReportOptions {
  return { color: wantsColor(), width: terminalWidth() };
}

async function isWritableFolder(folder: string): Promise<boolean> {
  const writable = access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return (await isFolder(folder)) && writable;
}

async function isFolder(file: string): Promise<boolean> {
  const facts = await stat(file).catch(() => undefined);
  return facts?.isDirectory() === true;
}

function exportsOf(flags: OutputFlags): [flag: string, format: Format, file: string][] {
  return exportFormats.flatMap(({ key, flag, format }) => {
    const file = flags[key];
    return file === undefined ? [] : [[flag, format, file]];
  });
}

/** A terminal that does not know its width says 0. */
function terminalWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? columns : 100;
}

/** https://no-color.org, and FORCE_COLOR as chalk reads it. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process.stdout.isTTY;
}
