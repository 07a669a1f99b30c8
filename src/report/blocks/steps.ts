import type { Metric } from '../../measure/histogram.ts';
import { armsOf, isControl } from '../../result/control.ts';
import { cachedShareOf, processedShareOf, sentShareOf } from '../../result/query.ts';
import type { MetricName, Result, TransportSummary } from '../../result/schema.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { DASH, formatDuration, formatShare } from '../text/figures.ts';
import type { Cell } from './block.ts';

/** The heading above what the steps of every transport were like. */
export const stepsTitle = 'Steps and tokens';

/** The legend of that section's numbers, for below it. */
export function stepsNote(result: Result): string {
  return [
    'Per token: from the first to the last. Output rate: tokens by the whole step, which holding an answer back doesn’t better.',
    ...shares.filter((each) => saysShare(result, each)).map(({ note }) => note),
  ].join(' ');
}

interface Column {
  head: Cell;
  cell: (summary: TransportSummary) => Cell;
}

/** A grid with a row per transport: its first step and later ones, its pace, and its prompt cache where the endpoint tells. */
export function stepsGrid(result: Result): Cell[][] {
  const { run, transports } = result;
  const rows = armsOf(run.options).flatMap((name) => {
    const summary = transports[name];
    return summary === undefined || isControl(name) ? [] : [{ name, summary }];
  });
  const columns = [...paces, ...shares.filter((each) => saysShare(result, each))];
  return [
    [{ text: 'p50' }, ...columns.map(({ head }) => head)],
    ...rows.map(({ name, summary }) => [
      { text: name },
      ...columns.map(({ cell }) => cell(summary)),
    ]),
  ];
}

function saysShare({ transports }: Result, { share }: ShareColumn): boolean {
  return Object.values(transports).some(({ counters }) => (share(counters) ?? 0) > 0);
}

const paces: readonly Column[] = [
  { head: { text: 'first step' }, cell: medianOf('first_step', formatDuration) },
  { head: { text: 'later steps' }, cell: medianOf('later_steps', formatDuration) },
  { head: { text: 'per token' }, cell: medianOf('tpot', formatDuration) },
  { head: { text: 'output rate' }, cell: medianOf('output_rate', formatRate) },
];

/** A column that speaks of a share of the prompts' tokens, if any transport has one. */
interface ShareColumn extends Column {
  share: (counters: TransportSummary['counters']) => number | null;
  note: string;
}

const shares: readonly ShareColumn[] = [
  shareColumn('sent', sentShareOf, 'Sent: share of the prompts’ tokens that travelled.'),
  shareColumn(
    'processed',
    processedShareOf,
    'Processed: share of them that the server says it rendered anew.',
  ),
  shareColumn(
    'cached',
    cachedShareOf,
    'Cached: share of the input that the endpoint found in its prompt cache, not the connection’s.',
  ),
];

function shareColumn(text: string, share: ShareColumn['share'], note: string): ShareColumn {
  return {
    head: { text },
    share,
    cell: ({ counters }) => ({ text: formatShare(share(counters)) }),
    note,
  };
}

function medianOf(
  name: MetricName,
  format: (value: number) => string,
): (summary: TransportSummary) => Cell {
  return ({ metrics }) => {
    const metric: Metric | undefined = metrics[name];
    const enough = metric !== undefined && metric.count >= neededCount(50);
    return { text: enough && metric.p50 !== null ? format(metric.p50) : DASH };
  };
}

/** Three digits are what the histograms keep. */
function formatRate(tokensPerSecond: number): string {
  return `${Number(tokensPerSecond.toPrecision(3))}/s`;
}
