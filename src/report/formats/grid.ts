import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Cell, Grid } from '../blocks/block.ts';
import { withoutControls } from '../text/wrap.ts';

/** Columns for the bars of one grid: as many as fit. */
const BAR_WIDTHS = [16, 12, 8] as const;

/**
 * A grid for a terminal of `width` columns, its bars as long as there is room for. Where its rows don't fit, a grid
 * without bars is turned: each row becomes a column.
 */
export function fittingGrid(grid: Grid, width: number, paint: ChalkInstance): string {
  if (grid.some((row) => row.some(({ bar }) => bar !== undefined))) {
    const barWidth = BAR_WIDTHS.find((bars) => widthOf(withBars(grid, bars)) <= width);
    return gridText(withBars(grid, barWidth ?? 0), paint);
  }
  return gridText(widthOf(grid) <= width ? grid : turned(grid), paint);
}

function withBars(grid: Grid, barWidth: number): Grid {
  return grid.map((row) =>
    row.map((cell) => {
      const drawn = '█'.repeat(Math.round((cell.bar ?? 0) * barWidth));
      return drawn === '' ? cell : { ...cell, text: `${cell.text} ${drawn}` };
    }),
  );
}

function widthOf(grid: Grid): number {
  const plainRows = gridText(grid, new Chalk({ level: 0 }));
  return Math.max(...plainRows.split('\n').map((line) => stringWidth(line)));
}

function gridText(grid: Grid, paint: ChalkInstance): string {
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
