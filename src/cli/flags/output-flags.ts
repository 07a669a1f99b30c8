import { type Command, Option } from 'commander';
import {
  type ExportKey,
  exportFormats,
  type Format,
  printedFormats,
} from '../../report/format-names.ts';

/** Flags that say in which formats results leave the program. */
export interface OutputFlags extends Partial<Record<ExportKey, string>> {
  format: Format;
}

/** Adds the output flags to a command: one of `--format`, and one for every format that a file can be written in. */
export function addOutputFlags(command: Command): Command {
  command.addOption(
    new Option('--format <format>', 'what to print on stdout')
      .choices(printedFormats)
      .default('table'),
  );
  for (const { flag, help } of exportFormats) command.option(`${flag} <file>`, help);
  return command;
}
