import { completedOf, latencyUsOf, workflowsOf } from '../../result/query.ts';
import type { Result } from '../../result/schema.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import type { Chart, DotRow } from '../blocks/chart.ts';
import { formatCount, formatDuration, formatRange } from '../text/figures.ts';
import { thinned } from './thinned.ts';

/** The time of every workflow that completed, a row for each transport; undefined where none did. */
export function workflowsChart(result: Result): Chart | undefined {
  const rows = result.run.options.transports.flatMap((name, series): (DotRow & Counted)[] => {
    const ascending = completedOf(workflowsOf(name, result.rounds))
      .map(latencyUsOf)
      .sort((a, b) => a - b);
    const middle = result.transports[name]?.metrics.workflow_e2e?.p50 ?? null;
    if (middle === null) return [];
    const interval = medianInterval(ascending);
    const samples = thinned(ascending);
    return [{ name, series, samples, middle, interval, count: ascending.length }];
  });
  if (rows.length === 0) return undefined;
  return {
    title: 'Time of a workflow',
    description: `A dot for every round, a bar for the median and its 95 % interval: ${rows.map(({ name, middle }) => `${name} ${formatDuration(middle)}`).join(', ')}.`,
    unit: 'us',
    axis: 'end to end',
    drawing: { shape: 'dots', rows },
    grid: [
      ['transport', 'median', '95 % interval', 'range', 'rounds'].map((text) => ({ text })),
      ...rows.map(({ name, middle, interval, samples, count }) => [
        { text: name },
        { text: formatDuration(middle) },
        { text: formatRange(interval?.lower ?? null, interval?.upper ?? null) },
        { text: formatRange(samples[0] ?? null, samples.at(-1) ?? null) },
        { text: formatCount(count, 'round') },
      ]),
    ],
  };
}

interface Counted {
  count: number;
}
