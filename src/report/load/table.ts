import type { LoadFigures, UnderLoad } from '../../result/load/schema.ts';
import type { Result } from '../../result/schema.ts';
import type { Cell, Grid, Section } from '../blocks/block.ts';
import { DASH, formatDuration } from '../text/figures.ts';
import { loadLines } from './lines.ts';

/** The section on a load that was a rate: every level with each transport; nothing of other runs. */
export function loadSection(result: Result): Section {
  const { load } = result;
  if (load === undefined || load.levels.length === 0) return [];
  return [
    { kind: 'heading', level: 2, text: 'Under load' },
    { kind: 'grid', grid: loadGrid(load) },
    { kind: 'note', text: loadNote(load) },
    // A ramp's summary says it.
    { kind: 'list', items: load.knees ? [] : loadLines(result), tone: 'plain' },
  ];
}

interface Row extends UnderLoad {
  name: string;
}

interface Column {
  head: string;
  cell: (row: Row) => Cell;
  /** Left out where it is the same dash everywhere. */
  optional?: true;
}

const columns: readonly Column[] = [
  { head: 'offered', cell: ({ offeredPerSecond }) => ({ text: rate(offeredPerSecond) }) },
  { head: 'transport', cell: ({ name }) => ({ text: name }) },
  { head: 'done', cell: ({ completedPerSecond }) => ({ text: rate(completedPerSecond) }) },
  { head: 'good', cell: ({ goodPerSecond }) => ({ text: rate(goodPerSecond) }), optional: true },
  { head: 'open', cell: ({ mostOpen }) => ({ text: String(mostOpen) }) },
  { head: 'service p50', cell: ({ serviceP50Us }) => ({ text: formatDuration(serviceP50Us) }) },
  { head: 'p99', cell: ({ serviceP99Us }) => ({ text: formatDuration(serviceP99Us) }) },
  { head: 'latency p50', cell: ({ latencyP50Us }) => ({ text: formatDuration(latencyP50Us) }) },
  { head: 'p99', cell: ({ latencyP99Us }) => ({ text: formatDuration(latencyP99Us) }) },
];

/** A row for each transport at each rate, the lowest first; the bars are of the 99th percentile from when it was due. */
function loadGrid({ levels }: LoadFigures): Grid {
  const rows = levels
    .toSorted((a, b) => (a.perSecond ?? 0) - (b.perSecond ?? 0))
    .flatMap(({ transports }) =>
      Object.entries(transports).map(([name, figures]): Row => ({ ...figures, name })),
    );
  const shown = columns.filter(
    ({ cell, optional }) => !optional || rows.some((row) => cell(row).text !== DASH),
  );
  const longestUs = Math.max(1, ...rows.map(({ latencyP99Us }) => latencyP99Us ?? 0));
  return [
    shown.map(({ head }) =>
      head === 'transport' ? { text: head } : { text: head, flush: 'right' as const },
    ),
    ...rows.map((row) =>
      shown.map(({ cell }, at) =>
        at === shown.length - 1
          ? { ...cell(row), bar: (row.latencyP99Us ?? 0) / longestUs }
          : cell(row),
      ),
    ),
  ];
}

/** Workflows per second: three digits are what a window bears out. */
function rate(perSecond: number | null): string {
  return perSecond === null ? DASH : String(Number(perSecond.toPrecision(3)));
}

function loadNote({ levels }: LoadFigures): string {
  const judged = levels.some(({ transports }) =>
    Object.values(transports).some(({ good }) => good !== null),
  );
  const good = judged ? '; good: the part of them within the thresholds' : '';
  return `Workflows per second, offered and done${good}. Open: sessions at once, at most. Service from the first request, latency from when a workflow was due.`;
}
