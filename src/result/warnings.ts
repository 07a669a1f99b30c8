import { MAX_US } from '../measure/histogram.ts';
import type { RoundRecord, WorkflowRecord } from './record.ts';
import type { Warning } from './schema.ts';
import { workflowsOf } from './summarise.ts';

const RESIDUAL_LIMIT = 0.01;

/** What the records themselves show that a reader of the numbers should know. */
export function warningsOf(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Warning[] {
  return [
    ...outcomeWarnings(rounds),
    ...transports.flatMap((transport) => {
      const workflows = workflowsOf(transport, rounds);
      return [
        ...residualWarnings(transport, workflows),
        ...deviationWarnings(transport, workflows),
        ...clampedWarnings(transport, workflows),
      ];
    }),
  ];
}

/** Transports that did different work can't be compared by time. */
function outcomeWarnings(rounds: readonly RoundRecord[]): Warning[] {
  const differing = rounds.filter((round) => {
    const completed = Object.values(round.workflows).filter(({ state }) => state === 'completed');
    return new Set(completed.map(({ outcomeSha256 }) => outcomeSha256)).size > 1;
  });
  if (differing.length === 0) return [];
  const message = `in ${differing.length} of ${rounds.length} rounds the transports ended with different calls or texts: they did not do the same work`;
  return [{ code: 'outcomes_differ', message, rounds: differing.length }];
}

function residualWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const completed = workflows.filter(({ state }) => state === 'completed');
  const shares = completed
    .map(({ phases, e2eUs }) => Math.abs(phases.residualUs) / Math.max(e2eUs, 1))
    .filter((share) => share > RESIDUAL_LIMIT);
  if (shares.length === 0) return [];
  const worstPercent = Math.max(...shares) * 100;
  const message = `${transport}: in ${shares.length} of ${completed.length} workflows the phases leave more than 1 % of the time unexplained (at worst ${worstPercent.toFixed(1)} %)`;
  return [{ code: 'residual', message, transport, workflows: shares.length, worstPercent }];
}

function deviationWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const steps = workflows.flatMap((workflow) => workflow.steps);
  const deviating = steps.filter((step) => (step.deviations?.length ?? 0) > 0).length;
  if (deviating === 0) return [];
  const message = `${transport}: the model left the script in ${deviating} of ${steps.length} steps; steps.csv says where`;
  return [{ code: 'script_left', message, transport, steps: deviating }];
}

/** No part of a workflow is longer than the whole, so the whole tells. */
function clampedWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const clamped = workflows.filter(({ e2eUs }) => e2eUs > MAX_US).length;
  if (clamped === 0) return [];
  const message = `${transport}: ${clamped} workflows took more than an hour; metrics count them as one hour`;
  return [{ code: 'clamped', message, transport, workflows: clamped }];
}
