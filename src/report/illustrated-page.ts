import { declaringArms } from '../compare/attribution/attribute.ts';
import type { GateReport } from '../compare/gate/report.ts';
import type { Result } from '../result/schema.ts';
import {
  attributionGrid,
  attributionLines,
  attributionNote,
  attributionTitle,
} from './blocks/attribution.ts';
import type { Block, Page, Section } from './blocks/block.ts';
import type { Chart } from './blocks/chart.ts';
import { commandOf } from './blocks/command.ts';
import { conditionsOf, conditionsTitle, measuredOn } from './blocks/conditions.ts';
import { differenceOf } from './blocks/difference.ts';
import { guardGrid, guardTitle } from './blocks/guard.ts';
import { headlines, nothingMeasured } from './blocks/headline.ts';
import { provenanceOf, provenanceTitle } from './blocks/provenance.ts';
import { recoveryGrid, recoveryLines, recoveryNote, recoveryTitle } from './blocks/recovery.ts';
import { resultsGrid, resultsNote } from './blocks/results.ts';
import { stepsGrid, stepsNote, stepsTitle } from './blocks/steps.ts';
import { summaryOf, summaryTitle } from './blocks/summary.ts';
import { changesChart } from './charts/changes.ts';
import { lanesChart } from './charts/lanes.ts';
import { percentileCharts } from './charts/percentiles.ts';
import { recoveryChart } from './charts/recovery.ts';
import { leadChart, stepBytesChart, stepCachedChart, stepTimesChart } from './charts/steps.ts';
import { ladderChart, partsChart } from './charts/waterfalls.ts';
import { workflowsChart } from './charts/workflows.ts';
import { kneeChart } from './load/chart.ts';
import { isRamp, rampSummary } from './load/ramp.ts';
import { loadSection } from './load/table.ts';
import { comparisonPage, warningsSection } from './page.ts';

/** The page of a result for a reader who looks: the answer first, then a picture of everything behind it. */
export function illustratedPage(result: Result): Page {
  const { incomplete, title } = headlines(result);
  const heading: Section = [{ kind: 'heading', level: 1, text: title, incomplete }];
  const nothing = nothingMeasured(result);
  if (nothing !== undefined) {
    return [heading, [{ kind: 'text', lines: [nothing], style: 'strong' }], ...provenance(result)];
  }
  const ramp = isRamp(result);
  const { answer, behind } = ramp ? rampSummary(result) : summaryOf(result);
  return [
    heading,
    [
      { kind: 'heading', level: 2, text: summaryTitle },
      { kind: 'text', lines: answer, style: 'strong' },
      { kind: 'text', lines: behind, style: 'plain' },
      ...(ramp ? charts(kneeChart(result)) : overview(result)),
    ],
    loadSection(result),
    titled('Warnings', warningsSection(result)),
    ...(ramp ? [] : behindIt(result)),
    recoverySection(result),
    guardSection(result),
    ...provenance(result),
  ];
}

/** All rounds together: a ramp's mix rates, so there it would mean nothing. */
function overview(result: Result): Block[] {
  return [
    ...charts(workflowsChart(result)),
    { kind: 'grid', ...resultsGrid(result) },
    { kind: 'note', text: resultsNote },
  ];
}

/** What is behind the overview. */
function behindIt(result: Result): Section[] {
  return [
    differenceSection(result),
    titled('Step by step', [
      ...charts(
        stepTimesChart(result),
        leadChart(result),
        stepBytesChart(result),
        stepCachedChart(result),
      ),
      { kind: 'heading', level: 3, text: stepsTitle },
      { kind: 'grid', grid: stepsGrid(result) },
      { kind: 'note', text: stepsNote(result) },
    ]),
    titled('One session', charts(lanesChart(result))),
    titled('How it scattered', charts(...percentileCharts(result))),
  ];
}

/** The page of a gate's report for a reader who looks: the verdict first, then every change as a picture. */
export function illustratedComparison(report: GateReport): Page {
  const [head = [], judged = [], ...rest] = comparisonPage(report);
  return [head, [...judged, ...charts(changesChart(report))], ...rest];
}

function charts(...drawn: readonly (Chart | undefined)[]): Block[] {
  return drawn.flatMap((chart) => (chart === undefined ? [] : [{ kind: 'chart', chart } as const]));
}

/** Nothing where there is nothing below the heading. */
function titled(text: string, blocks: Section): Section {
  const empty = blocks.every((block) => block.kind === 'list' && block.items.length === 0);
  return empty ? [] : [{ kind: 'heading', level: 2, text }, ...blocks];
}

function differenceSection(result: Result): Section {
  const { attribution } = result;
  if (attribution === null) return [];
  const difference = differenceOf(result);
  return [
    { kind: 'heading', level: 2, text: attributionTitle },
    ...charts(difference && partsChart(result, difference), ladderChart(result)),
    { kind: 'list', items: attributionLines(attribution), tone: 'plain' },
    { kind: 'grid', grid: attributionGrid(result) },
    { kind: 'note', text: attributionNote(attribution, declaringArms(result)) },
  ];
}

function recoverySection(result: Result): Section {
  const grid = recoveryGrid(result);
  return [
    { kind: 'heading', level: 2, text: recoveryTitle },
    ...(grid.length === 0
      ? [{ kind: 'text', lines: ['Nothing failed.'], style: 'plain' } as const]
      : ([
          { kind: 'list', items: recoveryLines(result), tone: 'failure' },
          ...charts(recoveryChart(result)),
          { kind: 'grid', grid },
          { kind: 'note', text: recoveryNote },
        ] as const)),
  ];
}

function guardSection(result: Result): Section {
  const grid = guardGrid(result);
  return titled(guardTitle, grid.length > 1 ? [{ kind: 'grid', grid }] : []);
}

/** What the numbers depend on, and how to get them again. */
function provenance(result: Result): Section[] {
  return [
    [
      { kind: 'heading', level: 2, text: 'Conditions' },
      { kind: 'text', lines: [conditionsTitle(result)], style: 'plain' },
      { kind: 'facts', facts: conditionsOf(result), foot: measuredOn(result) },
    ],
    [
      { kind: 'heading', level: 2, text: provenanceTitle },
      { kind: 'text', lines: [commandOf(result)], style: 'path' },
      { kind: 'facts', facts: provenanceOf(result), foot: '' },
    ],
  ];
}
