import type { ClaimFacts } from '../estimate/claims.ts';
import type { Conditions, Estimate } from '../estimate/estimate.ts';
import type { Axes, MapPoint } from '../estimate/points.ts';
import { claimsPage } from './claims-page.ts';
import { type AskedTarget, conditionsText, estimatePage } from './estimate-page.ts';
import { markdownText } from './formats/markdown.ts';
import type { ReportOptions } from './formats/options.ts';
import { tableText } from './formats/table.ts';
import { mapPage } from './map-page.ts';

/*
 * What is reckoned, and maps of it with what was measured. Apart from the reports of results, so that whoever prints one of these
 * doesn't load the others.
 */

export { mapCsv } from './formats/map-csv.ts';
export { pointText } from './map-page.ts';

/** Estimates as text for a terminal, and what would have to be true, where that was asked for. */
export function estimateReport(
  estimates: readonly [Estimate, ...Estimate[]],
  asked: AskedTarget | undefined,
  options: ReportOptions = {},
): string {
  return tableText(estimatePage(estimates, asked), options);
}

/** What is claimed beside our figures, in every format that it can be printed in. */
export const claimsReports = {
  table: (facts: ClaimFacts, options?: ReportOptions) => tableText(claimsPage(facts), options),
  markdown: (facts: ClaimFacts) =>
    `# Published claims\n\nMade by \`agent-latency-bench claims\`; [estimate.md](estimate.md) says what an estimate is.\n\n${markdownText(claimsPage(facts))}`,
  json: (facts: ClaimFacts) => JSON.stringify(facts, null, 2),
};

/** What a map is printed from. */
export interface MapDocument {
  scenario: string;
  conditions: Conditions;
  axes: Axes;
  points: readonly MapPoint[];
}

/** A map as text for a terminal; `conditions` are those of any of its places. */
export function mapReport(
  { scenario, conditions, axes, points }: MapDocument,
  options: ReportOptions = {},
): string {
  const title = `Workflows of ${scenario}: ${conditionsText(conditions, axes)}`;
  return tableText(mapPage(title, axes, points), options);
}
