import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Cell, Grid } from '../blocks/block.ts';
import { withoutControls, wrap } from '../text/wrap.ts';

/** Columns for the bars of one grid: as many as fit. */
const BAR_WIDTHS = [16, 12, 8, 0] as const;

/** A column is not made narrower than this, not even a long text's. */
const NARROWEST = 24;

/**
 * A grid for a terminal of `width` columns: as it stands, with shorter bars, without the columns that can be spared, its
 * longest column broken into lines, each row as a column, or each row as a list: whichever fits first.
 */
export function fittingGrid(
  { grid, spare = [] }: { grid: Grid; spare?: readonly number[] },
  width: number,
  paint: ChalkInstance,
): string {
  const bare = grid.map((row) => row.map(({ bar: _, ...cell }) => cell));
  const shapes: (() => Grid)[] = [
    ...(hasBars(grid) ? BAR_WIDTHS.map((bars) => () => withBars(grid, bars)) : []),
    () => bare,
    ...spare.map((_, count) => () => without(bare, spare.slice(0, count + 1))),
    () => withBrokenColumn(bare, width),
    () => turned(bare),
  ];
  for (const shape of shapes) {
    const shown = shape();
    if (widthOf(shown) <= width) return gridText(shown, paint);
  }
  return recordsText(bare, width, paint);
}

function hasBars(grid: Grid): boolean {
  return grid.some((row) => row.some(({ bar }) => bar !== undefined));
}

/** Bars begin at one place: the texts before them are set flush right. */
function withBars(grid: Grid, barWidth: number): Grid {
  const [head = [], ...rows] = grid;
  const widths = textWidths([head.map(() => ({ text: '' })), ...rows]);
  return grid.map((row) =>
    row.map((cell, column) => {
      if (row === head || !grid.some((other) => other[column]?.bar !== undefined)) return cell;
      const text = ' '.repeat((widths[column] ?? 0) - stringWidth(cell.text)) + cell.text;
      const bar = '█'.repeat(Math.round((cell.bar ?? 0) * barWidth));
      return { ...cell, text: `${text} ${bar.padEnd(barWidth)}` };
    }),
  );
}

function without(grid: Grid, columns: readonly number[]): Grid {
  return grid.map((row) => row.filter((_, column) => !columns.includes(column)));
}

/** The longest column takes what the others leave. */
function withBrokenColumn(grid: Grid, width: number): Grid {
  const widths = textWidths(grid);
  const longest = widths.indexOf(Math.max(...widths));
  const room = width - (widthOf(grid) - (widths[longest] ?? 0));
  if (room < NARROWEST) return grid;
  return grid.map((row) =>
    row.map((cell, column) =>
      column === longest ? { ...cell, text: wrap(cell.text, room).join('\n') } : cell,
    ),
  );
}

function textWidths([head = [], ...rows]: Grid): number[] {
  return head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => stringWidth(row[column]?.text ?? ''))),
  );
}

/** The first cell of each row, and below it what every other one is of. */
function recordsText([heads = [], ...rows]: Grid, width: number, paint: ChalkInstance): string {
  const labels = heads.map(({ text, detail }) => [text, detail].filter(Boolean).join(', '));
  return rows
    .flatMap((row) =>
      row.flatMap(({ text, detail }, column) => {
        const said = [text, detail].filter(Boolean).join(', ');
        if (column === 0) return wrap(said, width).map((line) => paint.bold(line));
        return said === '' ? [] : wrap(`  ${labels[column] ?? ''}: ${said}`, width, 4);
      }),
    )
    .join('\n');
}

function widthOf(grid: Grid): number {
  const plainRows = gridText(grid, new Chalk({ level: 0 }));
  return Math.max(...plainRows.split('\n').map((line) => stringWidth(line)));
}

function gridText(grid: Grid, paint: ChalkInstance): string {
  const [head = [], ...rows] = grid;
  const table = new Table({
    colAligns: head.map(({ flush }) => flush ?? 'left'),
    chars: noBorders,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
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
  const shown = text
    .split('\n')
    .map((line) => main(withoutControls(line)))
    .join('\n');
  return detail === undefined ? shown : `${shown}\n${paint.dim(detail)}`;
}

function tonePaint({ tone }: Cell, paint: ChalkInstance): (text: string) => string {
  if (tone === undefined) return (text) => text;
  return tone === 'better' ? paint.green : paint.red;
}

function turned(grid: Grid): Grid {
  const [heads = []] = grid;
  return heads.map((_, column) => grid.flatMap((row) => row[column] ?? []));
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
