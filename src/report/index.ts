import type { Plan } from '../compare/rounds/plan.ts';
import type { Result } from '../result/schema.ts';
import type { Page } from './blocks/block.ts';
import { type Format, formatNames } from './format-names.ts';
import { comparisonCsv } from './formats/comparison-csv.ts';
import { summaryCsv } from './formats/csv.ts';
import { githubAnnotations, githubGateAnnotations } from './formats/github-annotations.ts';
import { githubSummaryText } from './formats/github-summary.ts';
import { jsonText } from './formats/json.ts';
import { junitGateReport, junitReport } from './formats/junit.ts';
import { markdownText } from './formats/markdown.ts';
import type { GateReporter, Reporter, ReportOptions } from './formats/options.ts';
import { tableText } from './formats/table.ts';
import { checksPage, comparisonPage, resultPage } from './page.ts';
import { planPage } from './plan-page.ts';
import { bencherReport } from './trackers/bencher.ts';
import { githubActionBenchmark } from './trackers/github-action-benchmark.ts';
import { openMetricsReport } from './trackers/openmetrics.ts';

/** What renders a format. Trackers keep the numbers of one result, whatever it is compared with: no comparison. */
interface Renderers {
  result: Reporter;
  comparison?: GateReporter;
}

/** What renders each of `formatNames`. */
const renderers = {
  table: ofPages(tableText),
  json: { result: jsonText, comparison: jsonText },
  csv: { result: summaryCsv, comparison: comparisonCsv },
  markdown: {
    result: (result) => markdownText(resultPage(result)),
    comparison: (report) => markdownText(comparisonPage(report, { verdictFirst: true })),
  },
  junit: { result: junitReport, comparison: junitGateReport },
  'github-summary': {
    result: (result, { gate } = {}) =>
      (gate ? githubSummaryText(checksPage(gate)) : '') + githubSummaryText(resultPage(result)),
    comparison: (report) => githubSummaryText(checksPage(report)),
  },
  'github-annotations': { result: githubAnnotations, comparison: githubGateAnnotations },
  bmf: { result: bencherReport },
  'github-action-benchmark': { result: githubActionBenchmark },
  openmetrics: { result: openMetricsReport },
} satisfies Readonly<Record<Format, Renderers>>;

/** A format that is nothing but a rendering of our pages. */
function ofPages(render: (page: Page, options?: ReportOptions) => string) {
  return {
    result: (result, options) => render(resultPage(result, options), options),
    comparison: (report, options) => render(comparisonPage(report, options), options),
  } satisfies Renderers;
}

/** Every format that a result can be printed in. */
export const reporters = Object.fromEntries(
  formatNames.map(({ name }) => [name, renderers[name].result]),
) as Readonly<Record<Format, Reporter>>;

type GateFormat = {
  [Name in Format]: (typeof renderers)[Name] extends { comparison: unknown } ? Name : never;
}[Format];

/** Every format that the report of `compare` and `gate` alone can be printed in. */
export const gateReporters = Object.fromEntries(
  formatNames.flatMap(({ name }) => {
    const { comparison }: Renderers = renderers[name];
    return comparison === undefined ? [] : [[name, comparison]];
  }),
) as Readonly<Record<GateFormat, GateReporter>>;

/** Every format of the report of `compare` and `gate`; what trackers keep is the candidate's own. */
export function gateReportersOf(candidate: Result): Readonly<Record<Format, GateReporter>> {
  return Object.fromEntries(
    formatNames.map(({ name }) => {
      const { result, comparison }: Renderers = renderers[name];
      return [name, comparison ?? (() => result(candidate))];
    }),
  ) as Readonly<Record<Format, GateReporter>>;
}

/** A plan as text for a terminal. */
export function planReport(plan: Plan, options: ReportOptions = {}): string {
  return tableText(planPage(plan), options);
}
