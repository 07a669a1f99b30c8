import { decodeBuckets, percentileIn } from '../../measure/histogram.ts';
import type { MetricName, Result } from '../../result/schema.ts';
import type { Chart } from '../blocks/chart.ts';
import { formatDuration } from '../text/figures.ts';

const drawn = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99];
const told = [10, 50, 90, 95, 99];

/** The percentiles of all workflows and of all steps that completed, a chart each. */
export function percentileCharts(result: Result): Chart[] {
  return [
    ...percentileChart(result, 'workflow_e2e', 'workflow'),
    ...percentileChart(result, 'step_duration', 'step'),
  ];
}

function percentileChart(result: Result, metricName: MetricName, of: string): Chart[] {
  const series = result.run.options.transports.flatMap((name, index) => {
    const metric = result.transports[name]?.metrics[metricName];
    const { unit = 'us', histogram = null, max = null } = metric ?? {};
    if (histogram === null || max === null) return [];
    const buckets = decodeBuckets(histogram);
    const at = (percentile: number): number => percentileIn(buckets, percentile, { unit, max });
    const points = drawn.map((percentile) => [percentile, at(percentile)] as const);
    return [{ name, series: index, points }];
  });
  if (series.length === 0) return [];
  const rows = told.map((percentile) => [
    { text: `p${percentile}` },
    ...series.map(({ points }) => ({
      text: formatDuration(points.find(([at]) => at === percentile)?.[1]),
    })),
  ]);
  return [
    {
      title: `Percentiles of a ${of}`,
      description: `So many percent of the ${of}s took at most so long.`,
      unit: 'us',
      axis: 'at most',
      drawing: {
        shape: 'lines',
        over: `percent of all ${of}s`,
        place: 'p',
        ticks: [1, 25, 50, 75, 90, 99].map((at) => ({ at, text: String(at) })),
        series,
        marks: [],
        ratio: true,
      },
      grid: [
        [
          { text: 'percentile' },
          ...series.map(({ name }) => ({ text: name, flush: 'right' as const })),
        ],
        ...rows,
      ],
    },
  ];
}
