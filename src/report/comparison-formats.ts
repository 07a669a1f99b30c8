import { Chalk } from 'chalk';
import type { GateReport } from '../compare/gate/report.ts';
import type { Result } from '../result/schema.ts';
import { comparisonText } from './blocks/comparison.ts';
import { csvOf } from './formats/csv.ts';
import { githubGateAnnotations } from './formats/github-annotations.ts';
import { githubGateSummary } from './formats/github-summary.ts';
import { junitGateReport } from './formats/junit.ts';
import { escaped, markdownGrid } from './formats/markdown.ts';
import type { ReportOptions } from './formats/options.ts';
import { fittingText } from './formats/table.ts';
import { type Format, reporters, type TrackedFormat } from './index.ts';
import { wrap } from './text/wrap.ts';

/** A gate's report as text in one format. */
export type GateReporter = (report: GateReport, options?: ReportOptions) => string;

/** Every format that the report of `compare` and `gate` can be printed in; what services keep is the candidate's own. */
export function gateReportersOf(candidate: Result): Readonly<Record<Format, GateReporter>> {
  return {
    ...gateReporters,
    bmf: () => reporters.bmf(candidate),
    'github-action-benchmark': () => reporters['github-action-benchmark'](candidate),
    openmetrics: () => reporters.openmetrics(candidate),
  };
}

/** The formats that need the report and nothing else. */
export const gateReporters: Readonly<Record<Exclude<Format, TrackedFormat>, GateReporter>> = {
  table: comparisonTable,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  csv: comparisonCsv,
  markdown: comparisonMarkdown,
  junit: junitGateReport,
  'github-summary': githubGateSummary,
  'github-annotations': githubGateAnnotations,
};

const DEFAULT_WIDTH = 100;

function comparisonTable(report: GateReport, options: ReportOptions = {}): string {
  const width = options.width ?? DEFAULT_WIDTH;
  const paint = new Chalk({ level: options.color === true ? 1 : 0 });
  const { title, sides, grid, note, verdict, warnings } = comparisonText(report);
  const [summary = '', ...unmet] = verdict;
  const blocks = [
    [...wrap(title, width), ...sides.flatMap((line) => wrap(line, width, 2))],
    grid.length === 0
      ? []
      : [fittingText(grid, width, paint), ...wrap(note, width).map((line) => paint.dim(line))],
    [
      ...wrap(summary, width).map((line) => paint.bold(line)),
      ...unmet.flatMap((line) => wrap(line, width, 2)),
    ],
    warnings
      .flatMap((message) => wrap(`warning: ${message}`, width, 2))
      .map((line) => paint.yellow(line)),
    options.folder === undefined ? [] : [`files in ${options.folder}`],
  ];
  return joined(blocks);
}

function comparisonMarkdown(report: GateReport): string {
  const { title, sides, grid, note, verdict, warnings } = comparisonText(report);
  const [summary = '', ...unmet] = verdict;
  return joined([
    [`### ${escaped(title)}`],
    sides.map((line) => `- ${escaped(line)}`),
    [`**${escaped(summary)}**`],
    unmet.map((line) => `- ${escaped(line)}`),
    ...(grid.length === 0 ? [] : [markdownGrid(grid), [escaped(note)]]),
    warnings.map((message) => `- ⚠ ${escaped(message)}`),
  ]);
}

const columns = [
  'kind transport metric level verdict unit value limit interval_lower interval_upper',
  'base candidate pairs base_samples candidate_samples test p adjusted_p detectable_percent threshold',
].flatMap((group) => group.split(' '));

/** One row per check; what a kind of check does not have is empty. */
function comparisonCsv({ checks }: GateReport): string {
  const rows = checks.map((check) => {
    const { kind, transport, metric, level, verdict, unit, value, limit, interval } = check;
    const common = {
      kind,
      transport,
      metric,
      level,
      verdict,
      unit,
      value,
      limit,
      interval_lower: interval?.lower,
      interval_upper: interval?.upper,
    };
    if (check.kind === 'threshold') {
      return { ...common, candidate_samples: check.samples, threshold: check.threshold };
    }
    return {
      ...common,
      base: check.base,
      candidate: check.candidate,
      pairs: check.pairs,
      base_samples: check.samples.base,
      candidate_samples: check.samples.candidate,
      test: check.test?.name,
      p: check.test?.p,
      adjusted_p: check.adjustedP,
      detectable_percent: check.detectablePercent,
    };
  });
  return csvOf(rows, columns);
}

function joined(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return `${filled.join('\n\n')}\n`;
}
