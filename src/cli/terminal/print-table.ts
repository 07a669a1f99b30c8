import type { Grid, Section } from '../../report/blocks/block.ts';
import { tableText } from '../../report/formats/table.ts';
import { terminalOptions } from './look.ts';
import { printText } from './printer.ts';

/** A table with lines above and below it, as wide as the terminal at most. */
export interface PrintedTable {
  above?: readonly string[];
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** The headings of columns that hold figures. */
  figures?: readonly string[];
  below?: readonly string[];
}

/** Prints a table for people. */
export function printTable({
  above = [],
  head,
  rows,
  figures = [],
  below = [],
}: PrintedTable): void {
  const grid: Grid = [
    head.map((text) => (figures.includes(text) ? { text, flush: 'right' } : { text })),
    ...rows.map((row) => row.map((text) => ({ text }))),
  ];
  const section: Section = [
    { kind: 'text', lines: above, style: 'plain' },
    { kind: 'grid', grid },
    { kind: 'text', lines: below, style: 'plain' },
  ];
  printText(tableText([section], terminalOptions()));
}
