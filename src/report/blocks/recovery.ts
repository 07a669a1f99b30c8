import { stepsOf } from '../../result/query.ts';
import type { Failure, RecoveryRecord, WorkflowRecord } from '../../result/record.ts';
import type { Result, TransportSummary } from '../../result/schema.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { failureText } from '../text/failure.ts';
import { DASH, formatCount, formatDuration, formatRange } from '../text/figures.ts';
import { type AdjustedPercentile, adjustedE2eUs } from './adjusted.ts';
import type { Cell } from './block.ts';

/** The heading above what went wrong in a run and what was done about it. */
export const recoveryTitle = 'Failures and recovery';

/** The legend of that section's numbers, for below it. */
export const recoveryNote =
  'Sums over all workflows. Wasted: output tokens of attempts that failed. Notice: the last sign of life, or the request if later, until the failure was noticed; 0 where the other side said so. Recovery: from then until the next event. All: a failed workflow counts as one that never ended.';

/** What happened to one transport. */
interface Row {
  name: string;
  summary: TransportSummary;
  workflows: readonly WorkflowRecord[];
}

interface Column {
  head: Cell;
  cell: (row: Row) => Cell;
}

/** A grid of what failed and how it was mended with a row per transport that it happened to; empty if nothing did. */
export function recoveryGrid(result: Result): Cell[][] {
  const rows = rowsOf(result);
  if (rows.length === 0) return [];
  return [
    columns.map((column) => column.head),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
}

/** The reasons why workflows failed and what was recovered from, per transport, the most frequent reason first. */
export function recoveryLines(result: Result): string[] {
  return rowsOf(result).flatMap(({ name, summary, workflows }) => {
    const { failed } = summary.workflows;
    const failures = workflows
      .filter(({ state }) => state === 'failed')
      .map((workflow) =>
        causeOf(stepsOf(workflow).find(({ state }) => state === 'failed')?.failure),
      );
    const goneOn = workflows
      .flatMap(({ recoveries = [] }) => recoveries)
      .filter(({ action }) => action !== 'give_up');
    const planned = goneOn.filter(isPlanned).map(({ cause }) => cause.code ?? '');
    const mended = goneOn
      .filter((recovery) => !isPlanned(recovery))
      .map(({ cause, action }) => `${causeOf(cause)} → ${action.replaceAll('_', ' ')}`);
    return [
      ...(failed === 0
        ? []
        : [`${name}: ${formatCount(failed, 'workflow')} failed: ${mostFrequent(failures)}`]),
      ...(mended.length === 0
        ? []
        : [
            `${name}: went on after ${formatCount(mended.length, 'failure')}: ${mostFrequent(mended)}`,
          ]),
      ...(planned.length === 0
        ? []
        : [
            `${name}: replaced ${formatCount(planned.length, 'connection')} as it was told to: ${mostFrequent(planned)}`,
          ]),
    ];
  });
}

function rowsOf({ run, transports, rounds }: Result): Row[] {
  return run.options.transports.flatMap((name) => {
    const summary = transports[name];
    const workflows = rounds.flatMap((round) => round.workflows[name] ?? []);
    const troubled = workflows.some(
      ({ state, recoveries = [], fellBack }) =>
        state === 'failed' || recoveries.length > 0 || fellBack === true,
    );
    return summary === undefined || !troubled ? [] : [{ name, summary, workflows }];
  });
}

const columns: readonly Column[] = [
  { head: { text: 'transport' }, cell: ({ name }) => ({ text: name }) },
  { head: { text: 'failed' }, cell: ({ summary }) => countCell(summary.workflows.failed) },
  {
    head: { text: 'reconnects', detail: 'fallbacks' },
    cell: ({ summary: { counters } }) => countCell(counters.reconnects, counters.fallbacks),
  },
  {
    head: { text: 'resends', detail: 'retries' },
    cell: ({ summary: { counters } }) => countCell(counters.resends, counters.retries),
  },
  {
    head: { text: 'wasted', detail: 'tokens' },
    cell: ({ summary }) => countCell(summary.counters.wasted_output_tokens),
  },
  { head: { text: 'notice p50', detail: 'range' }, cell: spanOf('time_to_notice') },
  { head: { text: 'recovery p50', detail: 'range' }, cell: spanOf('recovery') },
  {
    head: { text: 'workflow p50', detail: 'p95, all' },
    cell: (row) => ({ text: adjusted(row, 50), detail: adjusted(row, 95) }),
  },
];

function countCell(count: number, beside?: number): Cell {
  return { text: String(count), ...(beside !== undefined && { detail: String(beside) }) };
}

function spanOf(name: 'time_to_notice' | 'recovery'): (row: Row) => Cell {
  return ({ summary: { metrics } }) => {
    const { [name]: metric } = metrics;
    const enough = metric !== undefined && metric.count >= neededCount(50);
    return {
      text: enough ? formatDuration(metric.p50) : DASH,
      detail: formatRange(metric?.min ?? null, metric?.max ?? null),
    };
  };
}

function adjusted({ workflows }: Row, percentile: AdjustedPercentile): string {
  const ended = workflows.filter(({ state }) => state !== 'aborted').length;
  if (ended < neededCount(percentile)) return DASH;
  const us = adjustedE2eUs(workflows, percentile);
  return us === Infinity ? 'failed' : formatDuration(us);
}

/** Our own limits ended the connection between two steps: nothing had failed. */
function isPlanned({ cause: { kind, code } }: RecoveryRecord): boolean {
  return kind === 'closed' && (code === 'rotation' || code === 'idle');
}

function causeOf(failure: Failure | undefined): string {
  return failure === undefined ? 'no step says why' : failureText(failure);
}

const SHOWN_REASONS = 5;

function mostFrequent(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, SHOWN_REASONS).map(([reason, count]) => `${reason} (${count})`);
  const rest = sorted.length - shown.length;
  return shown.join(', ') + (rest > 0 ? `, and ${rest} other reasons` : '');
}
