import { latencyUsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';

/**
 * End-to-end times of all workflows that ended, in µs and ascending, a failed one longer than any: Infinity. A transport
 * can't look faster by failing where it would have been slow.
 */
export function endedE2eUs(workflows: readonly WorkflowRecord[]): number[] {
  return workflows
    .filter(({ state }) => state !== 'aborted')
    .map((each) => (each.state === 'completed' ? latencyUsOf(each) : Infinity))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
