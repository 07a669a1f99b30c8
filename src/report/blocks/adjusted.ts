import { endedE2eUs } from '../../compare/change/adjusted.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import { nearestRank } from '../../stats/percentile.ts';

/** Percentiles that are given with failures in them. */
export const adjustedPercentiles = [50, 90, 95, 99] as const;

/** One of these. */
export type AdjustedPercentile = (typeof adjustedPercentiles)[number];

/**
 * Percentile (nearest rank) of the end-to-end times of all workflows that ended, in µs, a failed one counted as
 * longer than any: Infinity where the rank falls on it. Undefined if none ended. A transport can't look faster by
 * failing where it would have been slow.
 */
export function adjustedE2eUs(
  workflows: readonly WorkflowRecord[],
  percentile: AdjustedPercentile,
): number | undefined {
  return nearestRank(endedE2eUs(workflows), percentile);
}
