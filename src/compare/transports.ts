import type { RoundRecord, WorkflowRecord } from '../result/record.ts';
import { type Comparison, comparedMetrics } from '../result/schema.ts';
import { medianRatio } from '../stats/median-ratio.ts';
import { median } from '../stats/percentile.ts';

/**
 * Every transport against the base (the first of the list), round by round: the median ratio over the rounds in
 * which both completed, with its 95 % interval. A step metric enters as its median over the workflow.
 */
export function compareTransports(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Comparison[] {
  const [base, ...candidates] = transports;
  if (base === undefined) return [];
  return candidates.flatMap((candidate) =>
    comparedMetrics.map((metric) => compareMetric(base, candidate, metric, rounds)),
  );
}

function compareMetric(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Comparison {
  const pairs = rounds.flatMap((round) => {
    const before = durationUs(round.workflows[base], metric);
    const after = durationUs(round.workflows[candidate], metric);
    return before === undefined || after === undefined ? [] : [[before, after] as const];
  });
  const found = medianRatio(pairs);
  return {
    base,
    candidate,
    metric,
    pairs: pairs.length,
    medianRatio: found?.ratio ?? null,
    changePercent: found === undefined ? null : (found.ratio - 1) * 100,
    interval: found?.interval ?? null,
  };
}

/** Undefined where there is nothing to compare; below a µs the clock can't see, and a ratio needs more than 0. */
function durationUs(
  workflow: WorkflowRecord | undefined,
  metric: Comparison['metric'],
): number | undefined {
  if (workflow?.state !== 'completed') return undefined;
  const value = valueOf(workflow, metric);
  return value === undefined ? undefined : Math.max(value, 1);
}

function valueOf(workflow: WorkflowRecord, metric: Comparison['metric']): number | undefined {
  const steps = workflow.steps.filter((step) => step.state === 'completed');
  switch (metric) {
    case 'workflow_e2e':
      return workflow.e2eUs;
    case 'step_duration':
      return median(steps.map((step) => step.durationUs));
    case 'step_ttft':
      return median(steps.flatMap((step) => step.ttftUs ?? []));
  }
}
