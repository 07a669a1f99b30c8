import { groupBy } from '../../group-by.ts';
import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import type { Comparison } from '../../result/schema.ts';
import { median } from '../../stats/percentile.ts';
import { workflowValueUs } from './workflow-value.ts';

/** The times of two arms in one round, in µs. */
export type Pair = readonly [base: number, candidate: number];

/** The times of two arms in the rounds that both completed, in µs and in the order of the rounds; see `windowPairs`. */
export function pairsOf(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Pair[] {
  return windowPairs(
    rounds.flatMap((round) =>
      pairOf(round.workflows[base], round.workflows[candidate], metric).map((pair) => ({
        round,
        pair,
      })),
    ),
  );
}

/** The times of two workflows; empty unless both completed. */
export function pairOf(
  base: WorkflowRecord | undefined,
  candidate: WorkflowRecord | undefined,
  metric: Comparison['metric'],
): [] | [Pair] {
  const before = workflowValueUs(base, metric);
  const after = workflowValueUs(candidate, metric);
  return before === undefined || after === undefined ? [] : [[before, after]];
}

/**
 * The pairs of rounds; of those that arrived in one window of a load, only their medians: workflows that queue behind each
 * other are no independent samples, the windows are.
 */
export function windowPairs(
  pairs: readonly { round: Pick<RoundRecord, 'arrival'>; pair: Pair }[],
): Pair[] {
  const groups = groupBy(pairs, ({ round }): unknown => round.arrival?.window ?? round);
  return [...groups.values()].map((own) => middleOf(own.map(({ pair }) => pair)));
}

function middleOf(pairs: readonly Pair[]): Pair {
  const of = (side: 0 | 1): number => median(pairs.map((pair) => pair[side])) ?? NaN;
  return [of(0), of(1)];
}
