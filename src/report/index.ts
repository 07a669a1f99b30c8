import { bencherReport } from './bencher.ts';
import { summaryCsv } from './csv.ts';
import { githubActionBenchmark } from './github-action-benchmark.ts';
import { githubAnnotations } from './github-annotations.ts';
import { githubSummary } from './github-summary.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { openMetricsReport } from './openmetrics.ts';
import type { Reporter } from './options.ts';
import { tableReport } from './table.ts';

/** Formats of `--format` and `--export-…`. */
export type Format =
  | 'table'
  | 'json'
  | 'csv'
  | 'markdown'
  | 'junit'
  | 'github-summary'
  | 'github-annotations'
  | TrackedFormat;

/** Formats of services that keep the numbers of one result, whatever it is compared with. */
export type TrackedFormat = 'bmf' | 'github-action-benchmark' | 'openmetrics';

/** Every format that a result can be printed in: a new one is a row here and a file. */
export const reporters: Readonly<Record<Format, Reporter>> = {
  table: tableReport,
  json: jsonReport,
  csv: summaryCsv,
  markdown: markdownReport,
  junit: junitReport,
  'github-summary': githubSummary,
  'github-annotations': githubAnnotations,
  bmf: bencherReport,
  'github-action-benchmark': githubActionBenchmark,
  openmetrics: openMetricsReport,
};
