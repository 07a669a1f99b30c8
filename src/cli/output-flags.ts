import { type Command, Option } from 'commander';
import type { Format } from '../report/index.ts';

/** Flags that say in which formats results leave the program. */
export interface OutputFlags {
  format: Format;
  exportJson?: string;
  exportCsv?: string;
  exportMarkdown?: string;
}

const formats = ['table', 'json', 'csv', 'markdown'] satisfies Format[];

/** Adds the output flags to a command. */
export function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'what to print on stdout').choices(formats).default('table'),
    )
    .option('--export-json <file>', 'write the result as JSON too; - is stdout')
    .option('--export-csv <file>', 'write the summary as CSV too')
    .option('--export-markdown <file>', 'write a Markdown table too');
}
