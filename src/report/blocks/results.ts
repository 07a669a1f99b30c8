import { fellBackOf } from '../../result/query.ts';
import type { Result } from '../../result/schema.ts';
import { changeOf, DASH, formatChangeRange } from '../text/figures.ts';
import type { Cell, Grid } from './block.ts';
import {
  bytes,
  changeCell,
  connections,
  failedCell,
  type OverviewRow,
  overviewRows,
  percentileOf,
} from './overview.ts';

/** The legend of the grid of results, for below it. */
export const resultsNote =
  'Medians; connections and bytes per completed workflow, bytes with TLS and framing.';

interface Column {
  head: string;
  cell: (row: OverviewRow) => Cell;
  /** Where there is no room, the columns of the highest number go first; those without one stay. */
  spare?: number;
}

/** A row per transport, one value a cell; a column that would say nothing is left out. */
export function resultsGrid(result: Result): { grid: Grid; spare: number[] } {
  const rows = overviewRows(result);
  const [base = ''] = result.run.options.transports;
  const compares = rows.length > 1 ? comparisonColumns(base) : [];
  const said = [...columns, ...compares].flatMap(({ head, cell, spare }) => {
    const cells = rows.map(cell);
    const empty = cells.every(({ text }) => saysNothing.has(text));
    const heading: Cell = head === 'transport' ? { text: head } : { text: head, flush: 'right' };
    return empty ? [] : [{ cells: [heading, ...cells], spare }];
  });
  const rank = (column: number): number => said[column]?.spare ?? 0;
  return {
    grid: [undefined, ...rows].map((_, row) => said.flatMap(({ cells }) => cells[row] ?? [])),
    spare: [...said.keys()].filter((column) => rank(column) > 0).sort((a, b) => rank(b) - rank(a)),
  };
}

const saysNothing: ReadonlySet<string> = new Set([DASH, '0', '']);

const columns: readonly Column[] = [
  {
    head: 'transport',
    cell: ({ name, workflows }) =>
      fellBackOf(workflows).length > 0 ? { text: name, tone: 'failed' } : { text: name },
  },
  { head: 'conns', cell: ({ completed }) => ({ text: connections(completed) }), spare: 5 },
  { head: 'handshake', cell: percentileOf('handshake', 50), spare: 6 },
  { head: 'first token', cell: percentileOf('step_ttft', 50), spare: 4 },
  { head: 'step', cell: percentileOf('step_duration', 50), spare: 3 },
  { head: 'workflow', cell: percentileOf('workflow_e2e', 50) },
  { head: 'p95', cell: percentileOf('workflow_e2e', 95), spare: 1 },
  { head: 'sent', cell: ({ completed }) => ({ text: bytes(completed) }), spare: 2 },
  { head: 'failed', cell: failedCell },
  { head: 'over HTTP', cell: fellBackCell },
];

function comparisonColumns(base: string): Column[] {
  return [
    { head: `vs ${base}`, cell: (row) => withoutDetail(changeCell(row)) },
    {
      head: '95 % interval',
      cell: ({ comparison }) => {
        const interval = comparison?.interval;
        if (!interval) return { text: comparison === undefined ? '' : 'none' };
        return { text: formatChangeRange(changeOf(interval.lower), changeOf(interval.upper)) };
      },
    },
  ];
}

function fellBackCell({ workflows }: OverviewRow): Cell {
  const fellBack = fellBackOf(workflows).length;
  return fellBack === 0
    ? { text: '0' }
    : { text: `${fellBack}/${workflows.length}`, tone: 'failed' };
}

function withoutDetail({ detail: _, ...cell }: Cell): Cell {
  return cell;
}
