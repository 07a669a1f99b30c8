import type { Result } from '../../result/schema.ts';
import { formatCount } from '../text/figures.ts';
import { type TrackedValue, trackedValues } from './tracked.ts';

/**
 * For `tool: customSmallerIsBetter` of github-action-benchmark
 * (https://github.com/benchmark-action/github-action-benchmark): a list of named values, times in milliseconds.
 */
export function githubActionBenchmark(result: Result): string {
  const entries = trackedValues(result).map((tracked) => ({
    name: `${result.run.scenario.name} / ${tracked.transport} / ${tracked.metric} ${tracked.figure}`,
    ...entryOf(tracked),
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

function entryOf({ value, unit, interval, workflows }: TrackedValue): {
  unit: string;
  value: number;
  range?: string;
  extra: string;
} {
  const counted = formatCount(workflows, 'workflow');
  if (unit === 'share') return { unit: '%', value: value * 100, extra: counted };
  if (interval === null) return { unit: 'ms', value: value / 1000, extra: counted };
  const { lower, upper } = interval;
  const reach = Math.max(value - lower, upper - value);
  const ends = `95 % interval ${(lower / 1000).toFixed(3)} to ${(upper / 1000).toFixed(3)} ms`;
  return {
    unit: 'ms',
    value: value / 1000,
    // The action knows ranges around a value only, so the farther end counts.
    range: `± ${(reach / 1000).toFixed(3)}`,
    extra: `${counted}\n${ends}`,
  };
}
