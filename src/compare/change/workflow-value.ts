import { completedOf, latencyUsOf, stepsOf } from '../../result/query.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Comparison } from '../../result/schema.ts';
import { median } from '../../stats/percentile.ts';

/**
 * The value by which a workflow enters a comparison, in µs; a step metric as its median over the workflow. Undefined where there
 * is nothing to compare; below a µs the clock can't see, and a ratio needs more than 0.
 */
export function workflowValueUs(
  workflow: WorkflowRecord | undefined,
  metric: Comparison['metric'],
): number | undefined {
  if (workflow?.state !== 'completed') return undefined;
  const value = valueOf(workflow, metric);
  return value === undefined ? undefined : Math.max(value, 1);
}

function valueOf(workflow: WorkflowRecord, metric: Comparison['metric']): number | undefined {
  const steps = completedOf(stepsOf(workflow));
  switch (metric) {
    case 'workflow_e2e':
      return latencyUsOf(workflow);
    case 'step_duration':
      return median(steps.map((step) => step.durationUs));
    case 'step_ttft':
      return median(steps.flatMap((step) => step.ttftUs ?? []));
  }
}
