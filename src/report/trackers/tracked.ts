import { workflowValueUs } from '../../compare/change/workflow-value.ts';
import { comparedMetrics, type Result } from '../../result/schema.ts';
import type { Interval } from '../../stats/interval.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { median, nearestRank } from '../../stats/percentile.ts';
import { quantileInterval } from '../../stats/quantile-interval.ts';

/** A number that is worth keeping from run to run; of all of them, smaller is better. */
export interface TrackedValue {
  transport: string;
  metric: string;
  /** Which figure of the metric. */
  figure: 'p50' | 'p95' | 'share';
  unit: 'us' | 'share';
  value: number;
  /** At 95 %; null where there is none. */
  interval: Interval | null;
  /** Workflows behind it. */
  workflows: number;
}

/**
 * The figures of a result that are tracked: the compared metrics of every transport as medians over its workflows, the p95 of whole
 * workflows where there are enough, and the share that failed: times alone would look better where slow ones fail.
 */
export function trackedValues(result: Result): TrackedValue[] {
  return result.run.options.transports.flatMap((transport) => [
    ...comparedMetrics.flatMap((metric) => medianOf(result, transport, metric)),
    ...p95Of(result, transport),
    ...failedShare(result, transport),
  ]);
}

type Metric = (typeof comparedMetrics)[number];

function medianOf(result: Result, transport: string, metric: Metric): TrackedValue[] {
  const ascending = valuesUs(result, transport, metric);
  const value = median(ascending);
  if (value === undefined) return [];
  const interval = medianInterval(ascending);
  const workflows = ascending.length;
  return [{ transport, metric, figure: 'p50', unit: 'us', value, interval, workflows }];
}

function p95Of(result: Result, transport: string): TrackedValue[] {
  const metric = 'workflow_e2e';
  const ascending = valuesUs(result, transport, metric);
  const value = nearestRank(ascending, 95);
  const workflows = ascending.length;
  if (value === undefined || workflows < neededCount(95)) return [];
  const interval = quantileInterval(ascending, 95);
  return [{ transport, metric, figure: 'p95', unit: 'us', value, interval, workflows }];
}

function failedShare({ transports }: Result, transport: string): TrackedValue[] {
  const { completed, failed } = transports[transport]?.workflows ?? { completed: 0, failed: 0 };
  const workflows = completed + failed;
  if (workflows === 0) return [];
  const value = failed / workflows;
  return [
    {
      transport,
      metric: 'failed',
      figure: 'share',
      unit: 'share',
      value,
      interval: null,
      workflows,
    },
  ];
}

function valuesUs({ rounds }: Result, transport: string, metric: Metric): number[] {
  return rounds
    .flatMap(({ workflows }) => workflowValueUs(workflows[transport], metric) ?? [])
    .sort((a, b) => a - b);
}
