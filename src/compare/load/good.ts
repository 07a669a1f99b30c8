import { completedOf, latencyUsOf } from '../../result/query.ts';
import type { StepRecord, WorkflowRecord } from '../../result/record.ts';
import type { Threshold } from '../gate/thresholds.ts';

/** Whether a threshold is one that a single workflow keeps or crosses: an upper limit on its time, or on its steps'. */
export function limitsWorkflows({ metric, operator, aggregate }: Threshold): boolean {
  const isUpper = operator === '<' || operator === '<=';
  return isUpper && aggregate !== 'count' && aggregate !== 'min' && Object.hasOwn(worstUs, metric);
}

/** Whether a workflow completed within all these thresholds: itself, whatever share of all they are meant for. */
export function isGood(
  workflow: WorkflowRecord,
  transport: string,
  thresholds: readonly Threshold[],
): boolean {
  if (workflow.state !== 'completed') return false;
  return thresholds.every(({ metric, transport: of, operator, value }) => {
    if (of !== '*' && of !== transport) return true;
    const us = worstUs[metric]?.(workflow) ?? 0;
    return operator === '<' ? us < value : us <= value;
  });
}

/** The figure of a workflow by which it keeps a threshold of that metric; of steps the worst counts. */
const worstUs: Readonly<Record<string, (workflow: WorkflowRecord) => number | undefined>> = {
  workflow_e2e: latencyUsOf,
  workflow_e2e_adj: latencyUsOf,
  service_time: ({ e2eUs }) => e2eUs,
  dispatch_delay: ({ dispatchDelayUs }) => dispatchDelayUs,
  first_step: ({ steps }) => steps[0]?.durationUs,
  step_duration: worstStep(({ durationUs }) => durationUs),
  step_ttfb: worstStep(({ ttfbUs }) => ttfbUs),
  step_ttfe: worstStep(({ ttfeUs }) => ttfeUs),
  step_ttft: worstStep(({ ttftUs }) => ttftUs),
  step_ttfo: worstStep(({ ttfoUs }) => ttfoUs),
  tpot: worstStep(({ tpotUs }) => tpotUs),
};

function worstStep(valueOf: (step: StepRecord) => number | null) {
  return ({ steps }: WorkflowRecord): number =>
    Math.max(0, ...completedOf(steps).map((step) => valueOf(step) ?? 0));
}
