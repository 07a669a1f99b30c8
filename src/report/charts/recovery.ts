import { workflowsOf } from '../../result/query.ts';
import type { RecoveryRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { median } from '../../stats/percentile.ts';
import type { Chart, DotRow } from '../blocks/chart.ts';
import { formatDuration, formatRange } from '../text/figures.ts';
import { thinned } from './thinned.ts';

/** What followed a failure, and how long it took where that is known. */
const spans: readonly { name: string; of: (recovery: RecoveryRecord) => number | null }[] = [
  { name: 'notice', of: ({ noticeUs }) => noticeUs ?? null },
  { name: 'recovery', of: ({ recoveryUs }) => recoveryUs },
];

/** How long each failure took to notice and to recover from, rows of each transport; undefined where nothing failed. */
export function recoveryChart(result: Result): Chart | undefined {
  const rows = result.run.options.transports.flatMap((transport, series) => {
    const recoveries = workflowsOf(transport, result.rounds).flatMap(
      ({ recoveries = [] }) => recoveries,
    );
    return spans.flatMap(({ name, of }): (DotRow & { count: number; range: string })[] => {
      const ascending = recoveries.flatMap((each) => of(each) ?? []).sort((a, b) => a - b);
      const middle = median(ascending);
      if (middle === undefined) return [];
      return [
        {
          ...{ name: `${transport} ${name}`, series, middle, samples: thinned(ascending) },
          ...{ interval: medianInterval(ascending), count: ascending.length },
          range: formatRange(ascending[0] ?? null, ascending.at(-1) ?? null),
        },
      ];
    });
  });
  if (rows.length === 0) return undefined;
  return {
    title: 'From failure to recovery',
    description:
      'A dot for every failure or connection replaced as told, a bar for the median and its 95 % interval. Notice: the last sign of life, or the request if later, until the failure was noticed; recovery: from then until the next event.',
    unit: 'us',
    axis: 'time',
    drawing: { shape: 'dots', rows: rows.map(({ count: _, range: __, ...row }) => row) },
    grid: [
      ['time', 'median', '95 % interval', 'range', 'times'].map((text) => ({ text })),
      ...rows.map(({ name, middle, interval, range, count }) => [
        { text: name },
        { text: formatDuration(middle) },
        { text: formatRange(interval?.lower ?? null, interval?.upper ?? null) },
        { text: range },
        { text: String(count) },
      ]),
    ],
  };
}
