import { declaringArms } from '../compare/attribution/attribute.ts';
import type { GateReport } from '../compare/gate/report.ts';
import type { Result } from '../result/schema.ts';
import {
  attributionGrid,
  attributionLines,
  attributionNote,
  attributionTitle,
} from './blocks/attribution.ts';
import type { Page, Section } from './blocks/block.ts';
import { conditionsOf, conditionsTitle, measuredOn } from './blocks/conditions.ts';
import { differenceGrid, differenceOf, differenceTitle } from './blocks/difference.ts';
import { checksSection } from './blocks/gate/checks.ts';
import { comparisonText } from './blocks/gate/comparison.ts';
import { headlines, nothingMeasured } from './blocks/headline.ts';
import { changesGrid, changesNote, overviewGrid, overviewNote } from './blocks/overview.ts';
import { recoveryGrid, recoveryLines, recoveryNote, recoveryTitle } from './blocks/recovery.ts';
import { resultsGrid, resultsNote } from './blocks/results.ts';
import { stepsGrid, stepsNote, stepsTitle } from './blocks/steps.ts';
import { summaryOf, summaryTitle } from './blocks/summary.ts';
import { verdictLines } from './blocks/verdict.ts';
import { type ToldWarning, toldWarnings } from './blocks/warnings.ts';
import { isRamp, rampSummary } from './load/ramp.ts';
import { loadSection } from './load/table.ts';

/** The options of a page: what it may say beyond its document. */
export interface PageOptions {
  /** Where the files are, said at the end. @default not said */
  folder?: string | undefined;
}

/**
 * The page of a result for a hurried reader: the table, what made the difference, warnings, and last the summary, which
 * is what stays in sight.
 */
export function briefPage(result: Result, { folder }: PageOptions = {}): Page {
  const nothing = nothingMeasured(result);
  if (nothing !== undefined) return [[{ kind: 'text', lines: [nothing], style: 'strong' }]];
  const { incomplete, title } = headlines(result);
  const { answer, behind } = isRamp(result) ? rampSummary(result) : summaryOf(result);
  return [
    [{ kind: 'heading', level: 1, text: title, incomplete }],
    ...(isRamp(result)
      ? []
      : [
          [
            { kind: 'grid', ...resultsGrid(result) },
            { kind: 'note', text: resultsNote },
          ] as const,
        ]),
    loadSection(result),
    [{ kind: 'list', items: recoveryLines(result), tone: 'failure' }],
    ...(isRamp(result) ? [] : [differenceSection(result)]),
    warningsSection(result),
    [
      { kind: 'heading', level: 2, text: summaryTitle },
      { kind: 'text', lines: answer, style: 'strong' },
      { kind: 'text', lines: behind, style: 'plain' },
      ...(folder === undefined
        ? []
        : [{ kind: 'text', lines: placesOf(folder), style: 'path' } as const]),
    ],
  ];
}

/** The page of a result: comparison, verdict, warnings, and everything the numbers depend on. */
export function resultPage(result: Result, { folder }: PageOptions = {}): Page {
  const { incomplete, title } = headlines(result);
  return [
    [{ kind: 'heading', level: 1, text: title, incomplete }],
    ...(isRamp(result) ? [] : overviewSections(result)),
    changesSection(result),
    loadSection(result),
    recoverySection(result),
    stepsSection(result),
    attributionSection(result),
    warningsSection(result),
    [
      { kind: 'text', lines: [conditionsTitle(result)], style: 'plain' },
      { kind: 'facts', facts: conditionsOf(result), foot: measuredOn(result) },
      ...folderSection(folder),
    ],
  ];
}

/** What is said of all rounds together: of a ramp's, which mix rates, that would mean nothing. */
function overviewSections(result: Result): Section[] {
  return [
    [
      { kind: 'grid', grid: overviewGrid(result) },
      { kind: 'note', text: overviewNote },
    ],
    [{ kind: 'text', lines: verdictLines(result), style: 'strong' }],
  ];
}

/** The page of a gate's report: who is compared with whom, the verdict and what it rests on, every change, the warnings. */
export function comparisonPage(report: GateReport, { folder }: PageOptions = {}): Page {
  const { title, sides, grid, note, promptCache, verdict, warnings } = comparisonText(report);
  const [summary = '', ...unmet] = verdict;
  const figures: Section =
    grid.length === 0
      ? []
      : [
          { kind: 'grid', grid },
          { kind: 'note', text: note },
          { kind: 'list', items: promptCache, tone: 'plain' },
        ];
  const judged: Section = [
    { kind: 'text', lines: [summary], style: 'strong' },
    { kind: 'list', items: unmet, tone: 'plain' },
  ];
  return [
    [
      { kind: 'heading', level: 1, text: title },
      { kind: 'list', items: sides, tone: 'plain' },
    ],
    judged,
    figures,
    [{ kind: 'list', items: warnings, tone: 'warning' }],
    folderSection(folder),
  ];
}

/** The page of a gate's verdict at a glance. */
export function checksPage(report: GateReport): Page {
  return [checksSection(report)];
}

/** Nothing where nothing was compared. */
function changesSection(result: Result): Section {
  const grid = changesGrid(result);
  if (grid.length === 0) return [];
  return [
    { kind: 'grid', grid },
    { kind: 'note', text: changesNote },
  ];
}

/** Nothing where nothing failed. */
function recoverySection(result: Result): Section {
  const grid = recoveryGrid(result);
  if (grid.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: recoveryTitle },
    { kind: 'grid', grid },
    { kind: 'note', text: recoveryNote },
    { kind: 'list', items: recoveryLines(result), tone: 'failure' },
  ];
}

function stepsSection(result: Result): Section {
  return [
    { kind: 'heading', level: 2, text: stepsTitle },
    { kind: 'grid', grid: stepsGrid(result) },
    { kind: 'note', text: stepsNote(result) },
  ];
}

/** Nothing where nothing can be said. */
function attributionSection(result: Result): Section {
  const { attribution } = result;
  if (attribution === null) return [];
  return [
    { kind: 'heading', level: 2, text: attributionTitle },
    { kind: 'grid', grid: attributionGrid(result) },
    { kind: 'note', text: attributionNote(attribution, declaringArms(result)) },
    { kind: 'list', items: attributionLines(attribution), tone: 'plain' },
  ];
}

/** Nothing where nothing is claimed to differ. */
function differenceSection(result: Result): Section {
  const difference = differenceOf(result);
  if (difference === undefined) return [];
  return [
    { kind: 'heading', level: 2, text: differenceTitle(difference) },
    { kind: 'grid', grid: differenceGrid(difference) },
  ];
}

/** What a reader of the numbers must be told, the weightier first. */
export function warningsSection(result: Result): Section {
  const told = toldWarnings(result);
  const of = (wanted: ToldWarning['weight']): string[] =>
    told.flatMap(({ message, weight }) => (weight === wanted ? [message] : []));
  return [
    { kind: 'list', items: of('warning'), tone: 'warning' },
    { kind: 'list', items: of('note').map((message) => `note: ${message}`), tone: 'plain' },
  ];
}

function placesOf(folder: string): string[] {
  return [`Result files in ${folder}`, 'To look at: report.html there'];
}

function folderSection(folder: string | undefined): Section {
  return folder === undefined
    ? []
    : [{ kind: 'text', lines: [`files in ${folder}`], style: 'path' }];
}
