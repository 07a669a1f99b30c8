import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import type { Result } from '../../result/schema.ts';
import {
  attributionGrid,
  attributionLines,
  attributionNote,
  attributionTitle,
} from '../blocks/attribution.ts';
import { conditionsOf, conditionsTitle, measuredOn } from '../blocks/conditions.ts';
import { headlines } from '../blocks/headline.ts';
import { type Cell, overviewGrid, overviewNote } from '../blocks/overview.ts';
import { recoveryGrid, recoveryLines, recoveryNote, recoveryTitle } from '../blocks/recovery.ts';
import { verdictLines } from '../blocks/verdict.ts';
import { withoutControls, wrap } from '../text/wrap.ts';
import type { ReportOptions } from './options.ts';

const DEFAULT_WIDTH = 100;
const LABEL_WIDTH = 13;
/** Columns for the bars of one arm: as many as fit. */
const BAR_WIDTHS = [16, 12, 8, 0] as const;

/** What the terminal shows: comparison, verdict, warnings, and everything the numbers depend on. */
export function tableReport(result: Result, options: ReportOptions = {}): string {
  const width = options.width ?? DEFAULT_WIDTH;
  const paint = new Chalk({ level: options.color === true ? 1 : 0 });
  const { incomplete, title } = headlines(result);
  const blocks = [
    [...(incomplete === undefined ? [] : [paint.bold.red(incomplete)]), ...wrap(title, width)],
    [
      fittingText(overviewGrid(result), width, paint),
      ...wrap(overviewNote, width).map((line) => paint.dim(line)),
    ],
    verdictLines(result)
      .flatMap((line) => wrap(line, width))
      .map((line) => paint.bold(line)),
    recoveryText(result, width, paint),
    attributionText(result, width, paint),
    result.warnings
      .flatMap(({ message }) => wrap(`warning: ${message}`, width, 2))
      .map((line) => paint.yellow(line)),
    conditionsText(result, width),
    [
      ...wrap(measuredOn(result), width, 2),
      ...(options.folder === undefined ? [] : [`files in ${options.folder}`]),
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** Nothing where nothing failed. */
function recoveryText(result: Result, width: number, paint: ChalkInstance): string[] {
  const grid = recoveryGrid(result);
  if (grid.length === 0) return [];
  return [
    paint.bold(recoveryTitle),
    fittingText(grid, width, paint),
    ...wrap(recoveryNote, width).map((line) => paint.dim(line)),
    ...recoveryLines(result)
      .flatMap((line) => wrap(line, width, 2))
      .map((line) => paint.red(line)),
  ];
}

/** Nothing where nothing can be said. */
function attributionText(result: Result, width: number, paint: ChalkInstance): string[] {
  if (result.attribution === null) return [];
  const barWidth = BAR_WIDTHS.find((bars) => gridWidth(attributionGrid(result, bars)) <= width);
  return [
    paint.bold(attributionTitle),
    gridText(attributionGrid(result, barWidth), paint),
    ...wrap(attributionNote(result.attribution), width).map((line) => paint.dim(line)),
    ...attributionLines(result.attribution).flatMap((line) => wrap(line, width, 2)),
  ];
}

/** One row per transport; on a terminal too narrow for that, one column per transport. */
export function fittingText(grid: readonly Cell[][], width: number, paint: ChalkInstance): string {
  const rows = gridText(grid, paint);
  return gridWidth(grid) <= width ? rows : gridText(transposed(grid), paint);
}

function gridWidth(grid: readonly Cell[][]): number {
  const plainRows = gridText(grid, new Chalk({ level: 0 }));
  return Math.max(...plainRows.split('\n').map((line) => line.length));
}

function gridText(grid: readonly Cell[][], paint: ChalkInstance): string {
  const table = new Table({
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
  const [head = [], ...rows] = grid;
  table.push(head.map((cell) => cellText(cell, paint, paint.bold)));
  for (const row of rows)
    table.push(row.map((cell) => cellText(cell, paint, tonePaint(cell, paint))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function cellText(
  { text, detail }: Cell,
  paint: ChalkInstance,
  main: (text: string) => string,
): string {
  const shown = main(withoutControls(text));
  return detail === undefined ? shown : `${shown}\n${paint.dim(detail)}`;
}

function tonePaint({ tone }: Cell, paint: ChalkInstance): (text: string) => string {
  if (tone === undefined) return (text) => text;
  return tone === 'better' ? paint.green : paint.red;
}

function transposed(grid: readonly Cell[][]): Cell[][] {
  const [heads = []] = grid;
  return heads.map((_, column) => grid.flatMap((row) => row[column] ?? []));
}

function conditionsText(result: Result, width: number): string[] {
  const lines = conditionsOf(result).flatMap(({ label, lines: texts }) =>
    texts
      .flatMap((text) => wrap(text, width - LABEL_WIDTH))
      .map((line, position) => `  ${position === 0 ? label : ''}`.padEnd(LABEL_WIDTH) + line),
  );
  return [...wrap(conditionsTitle(result), width), ...lines];
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
