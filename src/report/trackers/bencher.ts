import type { Result } from '../../result/schema.ts';
import { type TrackedValue, trackedValues } from './tracked.ts';

/**
 * Bencher Metric Format, for `bencher run --adapter json` (https://bencher.dev/docs/reference/bencher-metric-format).
 * A benchmark per transport and metric, such as `coding-agent/ws/workflow_e2e`; times are in Bencher's own measure
 * `latency`, which is in nanoseconds.
 */
export function bencherReport(result: Result): string {
  const benchmarks: Record<string, Record<string, Measured>> = {};
  for (const tracked of trackedValues(result)) {
    const name = `${result.run.scenario.name}/${tracked.transport}/${tracked.metric}`;
    benchmarks[name] = { ...benchmarks[name], [measureOf(tracked)]: measured(tracked) };
  }
  return `${JSON.stringify(benchmarks, null, 2)}\n`;
}

interface Measured {
  value: number;
  lower_value?: number;
  upper_value?: number;
}

function measureOf({ figure }: TrackedValue): string {
  return { p50: 'latency', p95: 'latency-p95', share: 'failed-share' }[figure];
}

function measured({ value, interval, unit }: TrackedValue): Measured {
  const factor = unit === 'us' ? 1000 : 1;
  return {
    value: value * factor,
    ...(interval && { lower_value: interval.lower * factor, upper_value: interval.upper * factor }),
  };
}
