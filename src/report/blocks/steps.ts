import type { Metric } from '../../measure/histogram.ts';
import { armsOf, isControl } from '../../result/control.ts';
import { cachedShareOf } from '../../result/query.ts';
import type { MetricName, Result, TransportSummary } from '../../result/schema.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { DASH, formatDuration } from '../text/figures.ts';
import type { Cell } from './block.ts';

/** The heading above what the steps of every transport were like. */
export const stepsTitle = 'Steps and tokens';

/** The legend of that section's numbers, for below it. */
export function stepsNote(result: Result): string {
  const paced =
    'Per token: from the first to the last. Output rate: tokens by the whole step, which holding an answer back doesn’t better.';
  const cache =
    'Cached: share of the input that the endpoint found in its prompt cache, not the connection’s.';
  return tellsOfCache(result) ? `${paced} ${cache}` : paced;
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
  const columns = tellsOfCache(result) ? [...paces, cached] : paces;
  return [
    [{ text: 'p50' }, ...columns.map(({ head }) => head)],
    ...rows.map(({ name, summary }) => [
      { text: name },
      ...columns.map(({ cell }) => cell(summary)),
    ]),
  ];
}

function tellsOfCache({ transports }: Result): boolean {
  return Object.values(transports).some(({ counters }) => counters.cached_tokens > 0);
}

const paces: readonly Column[] = [
  { head: { text: 'first step' }, cell: medianOf('first_step', formatDuration) },
  { head: { text: 'later steps' }, cell: medianOf('later_steps', formatDuration) },
  { head: { text: 'per token' }, cell: medianOf('tpot', formatDuration) },
  { head: { text: 'output rate' }, cell: medianOf('output_rate', formatRate) },
];

const cached: Column = {
  head: { text: 'cached' },
  cell: ({ counters }) => {
    const share = cachedShareOf(counters);
    return { text: share === null ? DASH : `${(100 * share).toFixed(0)} %` };
  },
};

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
