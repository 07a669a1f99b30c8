import { pText } from '../../compare/gate/p-text.ts';
import type { Metric } from '../../measure/histogram.ts';
import { armsOf, isControl } from '../../result/control.ts';
import { completedOf, fellBackOf, workflowsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Comparison, Result, TransportSummary } from '../../result/schema.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { median } from '../../stats/percentile.ts';
import { formatBytes } from '../../units.ts';
import {
  changeOf,
  DASH,
  formatChange,
  formatChangeRange,
  formatDuration,
  formatRange,
} from '../text/figures.ts';
import type { Cell } from './block.ts';

/** What a result says of one transport. */
export interface OverviewRow {
  name: string;
  summary: TransportSummary;
  workflows: readonly WorkflowRecord[];
  completed: readonly WorkflowRecord[];
  /** With the base of the run. */
  comparison: Comparison | undefined;
  /** With the best HTTP that keeps its connections, where that isn't the base. */
  keptHttp: Comparison | undefined;
}

interface Column {
  head: Cell;
  cell: (row: OverviewRow) => Cell;
}

/** The legend of the overview's numbers, for below it. */
export const overviewNote =
  'Connections and bytes per completed workflow (median), bytes with TLS and framing. First token: p50.';

/** The comparison as a grid: the first row is the heading, then one row per transport in the order of the run. */
export function overviewGrid(result: Result): Cell[][] {
  return gridOf(columns, overviewRows(result));
}

function gridOf(columns: readonly Column[], rows: readonly OverviewRow[]): Cell[][] {
  return [
    columns.map((column) => column.head),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
}

/**
 * What changed, a row per transport that was compared: against the base of the run, and against the best HTTP that keeps its
 * connections where that is another. Empty where nothing was compared.
 */
export function changesGrid(result: Result): Cell[][] {
  const [base = ''] = result.run.options.transports;
  const rows = overviewRows(result).filter(({ comparison }) => comparison !== undefined);
  if (rows.length === 0) return [];
  const kept = rows.find(({ keptHttp }) => keptHttp !== undefined)?.keptHttp?.base;
  const columns: Column[] = [
    { head: { text: 'change' }, cell: ({ name }) => ({ text: name }) },
    ...changeColumns(base, ({ comparison }) => comparison),
    ...(kept === undefined ? [] : changeColumns(kept, ({ keptHttp }) => keptHttp)),
  ];
  return gridOf(columns, rows);
}

/** The legend of the changes, for below them. */
export const changesNote =
  'Change of the workflow: median ratio over the rounds. p by Wilcoxon; adjusted by Holm, over all comparisons of the run.';

/** Every transport that ran, in the order of the run, and the control. */
export function overviewRows(result: Result): OverviewRow[] {
  return armsOf(result.run.options).flatMap((name) => rowOf(result, name) ?? []);
}

function rowOf(
  { run, transports, rounds, comparisons, control }: Result,
  name: string,
): OverviewRow | undefined {
  const summary = transports[name];
  if (summary === undefined) return undefined;
  const workflows = workflowsOf(name, rounds);
  const own = [...comparisons, ...(control ? [control] : [])].filter(
    ({ candidate, metric }) => candidate === name && metric === 'workflow_e2e',
  );
  const isFirst = ({ base }: Comparison): boolean => base === run.options.transports[0];
  return {
    name: isControl(name) ? `${run.options.transports[0] ?? ''} (A/A)` : name,
    summary,
    workflows,
    completed: completedOf(workflows),
    comparison: own.find(isFirst),
    keptHttp: own.find((each) => !isFirst(each)),
  };
}

const columns: readonly Column[] = [
  { head: { text: 'transport' }, cell: nameCell },
  { head: { text: 'conns' }, cell: ({ completed }) => ({ text: connections(completed) }) },
  { head: { text: 'handshake', detail: 'p50' }, cell: percentileOf('handshake', 50) },
  { head: { text: 'step p50', detail: 'first token' }, cell: stepCell },
  { head: { text: 'workflow p50', detail: 'range' }, cell: workflowCell },
  { head: { text: 'p95' }, cell: percentileOf('workflow_e2e', 95) },
  {
    head: { text: 'bytes', detail: 'sent' },
    cell: ({ completed }) => ({ text: bytes(completed) }),
  },
  { head: { text: 'failed' }, cell: failedCell },
];

function changeColumns(base: string, of: (row: OverviewRow) => Comparison | undefined): Column[] {
  return [
    {
      head: { text: `vs ${base}`, detail: '95 % interval' },
      cell: (row) => {
        const comparison = of(row);
        return comparison === undefined ? { text: DASH } : changeCell({ ...row, comparison });
      },
    },
    { head: { text: 'p', detail: 'adjusted' }, cell: (row) => pCell(of(row)) },
  ];
}

function pCell(comparison: Comparison | undefined): Cell {
  const { test = null, adjustedP = null } = comparison ?? {};
  if (test === null) return { text: DASH };
  return { text: pText(test.p), ...(adjustedP !== null && { detail: pText(adjustedP) }) };
}

/** A transport that fell back is not what its name says. */
function nameCell({ name, workflows }: OverviewRow): Cell {
  const fellBack = fellBackOf(workflows).length;
  if (fellBack === 0) return { text: name };
  return { text: name, detail: `${fellBack}/${workflows.length} over HTTP`, tone: 'failed' };
}

/** A percentile of a metric; a dash where there are too few samples to say anything of it at 95 %. */
export function percentileOf(
  metricName: 'handshake' | 'step_duration' | 'step_ttft' | 'workflow_e2e',
  percentile: 50 | 95,
): (row: OverviewRow) => Cell {
  return ({ summary }) => {
    const metric = summary.metrics[metricName];
    const enough = metric !== undefined && metric.count >= neededCount(percentile);
    return { text: enough ? formatDuration(metric[`p${percentile}`]) : DASH };
  };
}

function stepCell(row: OverviewRow): Cell {
  const { text } = percentileOf('step_duration', 50)(row);
  return { text, detail: percentileOf('step_ttft', 50)(row).text };
}

function workflowCell(row: OverviewRow): Cell {
  const metric: Metric | undefined = row.summary.metrics.workflow_e2e;
  const p50 = percentileOf('workflow_e2e', 50)(row);
  return { ...p50, detail: formatRange(metric?.min ?? null, metric?.max ?? null) };
}

/** The TCP connections of a median workflow. */
export function connections(completed: readonly WorkflowRecord[]): string {
  const perWorkflow = median(completed.map(({ counters }) => counters.connections));
  return perWorkflow === undefined ? DASH : String(perWorkflow);
}

/** The bytes that a median workflow sent. */
export function bytes(completed: readonly WorkflowRecord[]): string {
  const perWorkflow = median(completed.map(({ counters }) => counters.bytes_sent));
  return perWorkflow === undefined ? DASH : formatBytes(perWorkflow);
}

/** How many workflows failed, of how many where any did. */
export function failedCell({ summary }: OverviewRow): Cell {
  const { failed, attempted } = summary.workflows;
  return failed === 0 ? { text: '0' } : { text: `${failed}/${attempted}`, tone: 'failed' };
}

/** The change against the base, and its interval below. */
export function changeCell({
  comparison,
  workflows,
}: Pick<OverviewRow, 'comparison' | 'workflows'>): Cell {
  if (comparison === undefined) return { text: 'base' };
  const { changePercent, interval } = comparison;
  if (changePercent === null) return { text: DASH };
  if (interval === null) return { text: formatChange(changePercent), detail: 'no interval' };
  const text = formatChange(changePercent);
  const detail = formatChangeRange(changeOf(interval.lower), changeOf(interval.upper));
  if (workflows.some(({ fellBack }) => fellBack)) return { text, detail };
  if (interval.upper < 1) return { text, detail, tone: 'better' };
  if (interval.lower > 1) return { text, detail, tone: 'worse' };
  return { text, detail };
}
