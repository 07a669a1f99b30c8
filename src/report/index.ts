import { summaryCsv } from './formats/csv.ts';
import { githubAnnotations } from './formats/github-annotations.ts';
import { githubSummary } from './formats/github-summary.ts';
import { jsonReport } from './formats/json.ts';
import { junitReport } from './formats/junit.ts';
import { markdownReport } from './formats/markdown.ts';
import type { Reporter } from './formats/options.ts';
import { tableReport } from './formats/table.ts';
import { bencherReport } from './trackers/bencher.ts';
import { githubActionBenchmark } from './trackers/github-action-benchmark.ts';
import { openMetricsReport } from './trackers/openmetrics.ts';

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
