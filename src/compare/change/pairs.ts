import type { RoundRecord } from '../../result/record.ts';
import type { Comparison } from '../../result/schema.ts';
import { workflowValueUs } from './workflow-value.ts';

/** What two arms took in the rounds that both completed, in µs and in the order of the rounds. */
export function pairsOf(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): (readonly [base: number, candidate: number])[] {
  return rounds.flatMap((round) => {
    const before = workflowValueUs(round.workflows[base], metric);
    const after = workflowValueUs(round.workflows[candidate], metric);
    return before === undefined || after === undefined ? [] : [[before, after] as const];
  });
}
