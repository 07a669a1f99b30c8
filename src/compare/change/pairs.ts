import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import type { Comparison } from '../../result/schema.ts';
import { workflowValueUs } from './workflow-value.ts';

/** The times of two arms in one round, in µs. */
export type Pair = readonly [base: number, candidate: number];

/** The times of two arms in the rounds that both completed, in µs and in the order of the rounds. */
export function pairsOf(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Pair[] {
  return rounds.flatMap(({ workflows }) => pairOf(workflows[base], workflows[candidate], metric));
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
