import type { GateReport } from '../compare/gate/report.ts';
import type { Plan } from '../compare/rounds/plan.ts';
import type { Result } from '../result/schema.ts';
import type { Content } from '../result/write-whole.ts';
import { comparisonCsv } from './formats/comparison-csv.ts';
import { summaryCsv } from './formats/csv.ts';
import { githubAnnotations, githubGateAnnotations } from './formats/github-annotations.ts';
import { githubSummaryText } from './formats/github-summary.ts';
import { htmlText } from './formats/html/document.ts';
import { jsonText } from './formats/json.ts';
import { junitGateReport, junitReport } from './formats/junit.ts';
import { markdownText } from './formats/markdown.ts';
import type { GateReporter, Reporter, ReportOptions } from './formats/options.ts';
import { tableText } from './formats/table.ts';
import { illustratedComparison, illustratedPage } from './illustrated-page.ts';
import { briefPage, checksPage, comparisonPage, resultPage } from './page.ts';
import { planPage } from './plan-page.ts';
import { bencherReport } from './trackers/bencher.ts';
import { githubActionBenchmark } from './trackers/github-action-benchmark.ts';
import { openMetricsReport } from './trackers/openmetrics.ts';
import { otlpMetrics } from './trackers/otlp-metrics.ts';
import { otlpSpans } from './trackers/otlp-spans.ts';
import { traceEvents } from './trackers/trace.ts';

/** A format of reports: how it is asked for, and what renders it. */
interface FormatRow {
  name: string;
  /** `--format` prints it; the others are read by programs and are exported only. */
  printed?: true;
  /** The help of `--export-<name>`; without it there is no such flag. */
  exportHelp?: string;
  result: Reporter;
  /** The same piece by piece, where the whole would fill the memory. */
  pieces?: (result: Result) => Iterable<string>;
  /** What renders a comparison. Trackers keep the numbers of one result, whatever it is compared with: they have none. */
  comparison?: GateReporter;
}

/** Every format that a report can take. */
const formats = [
  {
    name: 'table',
    printed: true,
    result: (result, options = {}) =>
      tableText(
        options.full === true ? resultPage(result, options) : briefPage(result, options),
        options,
      ),
    comparison: (report, options) => tableText(comparisonPage(report, options), options),
  },
  {
    name: 'json',
    printed: true,
    exportHelp: 'write the result as JSON too; - is stdout',
    result: jsonText,
    comparison: jsonText,
  },
  {
    name: 'csv',
    printed: true,
    exportHelp: 'write the summary as CSV too',
    result: summaryCsv,
    comparison: comparisonCsv,
  },
  {
    name: 'markdown',
    printed: true,
    exportHelp: 'write a Markdown table too',
    result: (result) => markdownText(resultPage(result)),
    comparison: (report) => markdownText(comparisonPage(report)),
  },
  {
    name: 'html',
    printed: true,
    exportHelp: 'write a page to look at, one file that asks nobody for anything',
    result: (result) => htmlText(illustratedPage(result)),
    comparison: (report) => htmlText(illustratedComparison(report)),
  },
  {
    name: 'junit',
    exportHelp: "JUnit's XML, for test reports",
    result: junitReport,
    comparison: junitGateReport,
  },
  {
    name: 'github-summary',
    exportHelp: 'Markdown for $GITHUB_STEP_SUMMARY',
    result: (result, { gate } = {}) =>
      (gate ? githubSummaryText(checksPage(gate)) : '') + githubSummaryText(resultPage(result)),
    comparison: (report) => githubSummaryText(checksPage(report)),
  },
  {
    name: 'github-annotations',
    exportHelp: 'workflow commands; - shows them in the job',
    result: githubAnnotations,
    comparison: githubGateAnnotations,
  },
  { name: 'bmf', exportHelp: 'Bencher Metric Format', result: bencherReport },
  {
    name: 'github-action-benchmark',
    exportHelp: 'its customSmallerIsBetter',
    result: githubActionBenchmark,
  },
  {
    name: 'openmetrics',
    exportHelp: 'OpenMetrics text, for Prometheus',
    result: openMetricsReport,
  },
  {
    name: 'trace',
    exportHelp: 'Trace Event JSON, for Perfetto and chrome://tracing',
    ...inPieces(traceEvents),
  },
  {
    name: 'otlp',
    exportHelp: 'OTLP JSON, a line for each workflow: its spans, by GenAI names',
    ...inPieces(otlpSpans),
  },
  {
    name: 'otlp-metrics',
    exportHelp: 'OTLP JSON, a line for each transport: its metrics, by GenAI names',
    ...inPieces(otlpMetrics),
  },
] as const satisfies readonly FormatRow[];

type Row = (typeof formats)[number];

/** Formats of `--format` and `--export-…`. */
export type Format = Row['name'];

/** Formats that `--format` prints. */
export type PrintedFormat = Extract<Row, { printed: true }>['name'];

/** All formats that `--format` prints. */
export const printedFormats: readonly PrintedFormat[] = formats.flatMap((row) =>
  'printed' in row ? [row.name] : [],
);

/** The key of an export in flags and config files: `exportGithubSummary`. */
export type ExportKey = `export${Pascal<Extract<Row, { exportHelp: string }>['name']>}`;

type Pascal<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}${Pascal<Tail>}`
  : Capitalize<Name>;

/** Every format that a file can be written in: its flag, the flag's help, and the key of both. */
export const exportFormats = formats.flatMap((row) => {
  if (!('exportHelp' in row)) return [];
  const { name, exportHelp: help } = row;
  return [{ key: exportKeyOf(name), flag: `--export-${name}` as const, format: name, help }];
});

/** Every format that a result can be printed in. */
export const reporters = Object.fromEntries(
  formats.map(({ name, result }) => [name, result]),
) as Readonly<Record<Format, Reporter>>;

/** Every format of a result, piece by piece where the whole would fill the memory. */
export const resultWriters = Object.fromEntries(
  formats.map((row) => [row.name, 'pieces' in row ? row.pieces : row.result]),
) as Readonly<Record<Format, (result: Result, options?: ReportOptions) => Content>>;

type GateFormat = Extract<Row, { comparison: unknown }>['name'];

/** Every format that the report of `compare` and `gate` alone can be printed in. */
export const gateReporters = Object.fromEntries(
  formats.flatMap((row) => ('comparison' in row ? [[row.name, row.comparison]] : [])),
) as Readonly<Record<GateFormat, GateReporter>>;

/** Every format of the report of `compare` and `gate`; what trackers keep is the candidate's own. */
export function gateWritersOf(
  candidate: Result,
): Readonly<Record<Format, (report: GateReport, options?: ReportOptions) => Content>> {
  return Object.fromEntries(
    formats.map((row) => [
      row.name,
      'comparison' in row ? row.comparison : () => resultWriters[row.name](candidate),
    ]),
  ) as ReturnType<typeof gateWritersOf>;
}

/** A plan as text for a terminal. */
export function planReport(plan: Plan, options: ReportOptions = {}): string {
  return tableText(planPage(plan), options);
}

/** A format that is written piece by piece. */
function inPieces(pieces: (result: Result) => Iterable<string>) {
  return { pieces, result: (result: Result) => [...pieces(result)].join('') };
}

function exportKeyOf(name: string): ExportKey {
  return `export-${name}`.replace(/-([a-z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  ) as ExportKey;
}
