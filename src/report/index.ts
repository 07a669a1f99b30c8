import { summaryCsv } from './csv.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import type { Reporter } from './options.ts';
import { tableReport } from './table.ts';

/** Formats of `--format` and `--export-…`. */
export type Format = 'table' | 'json' | 'csv' | 'markdown';

/** Every format that a result can be printed in: a new one is a row here and a file. */
export const reporters: Readonly<Record<Format, Reporter>> = {
  table: tableReport,
  json: jsonReport,
  csv: summaryCsv,
  markdown: markdownReport,
};
