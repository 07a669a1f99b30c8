import { MAX_US } from '../../measure/histogram.ts';
import { oddities } from '../../measure/marks.ts';
import { stepsOf, workflowsOf } from '../query.ts';
import type { RoundRecord, WorkflowRecord } from '../record.ts';
import type { Environment, Run } from '../schema.ts';
import type { WarningFacts } from './kinds.ts';
import { noiseWarnings } from './noise.ts';

const RESIDUAL_LIMIT = 0.01;
const OUTPUT_LIMIT = 0.1;
const PACE_LIMIT = 0.01;

/** The facts to warn of that records, and the noise beside them, show: what a reader of the numbers should know. */
export function warningsOf(
  { options: { transports }, endpoint }: Pick<Run, 'options' | 'endpoint'>,
  rounds: readonly RoundRecord[],
  noise: Environment['noise'],
): WarningFacts[] {
  return [
    ...(noise ? noiseWarnings(noise, rounds) : []),
    // A script says the same every time; a model doesn't, so there the amount must do.
    ...(endpoint.kind === 'mock' ? outcomeWarnings(rounds) : outputWarnings(transports, rounds)),
    ...transports.flatMap((transport) => {
      const workflows = workflowsOf(transport, rounds);
      return [
        ...residualWarnings(transport, workflows),
        ...paceWarnings(transport, workflows),
        ...deviationWarnings(transport, workflows),
        ...clampedWarnings(transport, workflows),
        ...fellBackWarnings(transport, workflows),
        ...strayWarnings(transport, workflows),
        ...oddityWarnings(transport, workflows),
        ...contradictionWarnings(transport, workflows),
      ];
    }),
  ];
}

/** Transports that did different work can't be compared by time. */
function outcomeWarnings(rounds: readonly RoundRecord[]): WarningFacts[] {
  const differing = rounds.filter((round) => {
    const completed = Object.values(round.workflows).filter(({ state }) => state === 'completed');
    return new Set(completed.map(({ outcomeSha256 }) => outcomeSha256)).size > 1;
  });
  if (differing.length === 0) return [];
  return [{ code: 'outcomes_differ', rounds: differing.length, allRounds: rounds.length }];
}

/** Tokens that the models wrote over different transports take different times, whatever the transport. */
function outputWarnings(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): WarningFacts[] {
  const means = transports.flatMap((name) => {
    const completed = workflowsOf(name, rounds).filter(({ state }) => state === 'completed');
    if (completed.length === 0) return [];
    const tokens = completed.reduce((sum, { counters }) => sum + counters.output_tokens, 0);
    return [{ transport: name, tokensPerWorkflow: tokens / completed.length }];
  });
  const ascending = means.toSorted((a, b) => a.tokensPerWorkflow - b.tokensPerWorkflow);
  const [least] = ascending;
  const most = ascending.at(-1);
  if (!least || !most) return [];
  if (most.tokensPerWorkflow <= least.tokensPerWorkflow * (1 + OUTPUT_LIMIT)) return [];
  return [{ code: 'output_differs', least, most }];
}

function residualWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const completed = workflows.filter(({ state }) => state === 'completed');
  const shares = completed
    .map(({ phases, e2eUs }) => Math.abs(phases.residualUs) / Math.max(e2eUs, 1))
    .filter((share) => share > RESIDUAL_LIMIT);
  if (shares.length === 0) return [];
  const worstPercent = Math.max(...shares) * 100;
  return [
    {
      code: 'residual',
      transport,
      workflows: shares.length,
      allWorkflows: completed.length,
      worstPercent,
    },
  ];
}

/** We begin TLS handshakes no faster than our own CPU can do them; the wait for that is in the times. */
function paceWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const totalUs = workflows.reduce((sum, { e2eUs }) => sum + e2eUs, 0);
  const pacedUs = workflows
    .flatMap(({ connections }) => connections)
    .reduce((sum, connection) => sum + connection.pacedUs, 0);
  if (pacedUs <= totalUs * PACE_LIMIT) return [];
  return [{ code: 'handshakes_paced', transport, pacedUs, totalUs }];
}

function deviationWarnings(
  transport: string,
  workflows: readonly WorkflowRecord[],
): WarningFacts[] {
  const steps = workflows.flatMap(stepsOf);
  const deviating = steps.filter((step) => (step.deviations?.length ?? 0) > 0).length;
  if (deviating === 0) return [];
  return [{ code: 'script_left', transport, steps: deviating, allSteps: steps.length }];
}

/** No part of a workflow is longer than the whole, so the whole tells. */
function clampedWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const clamped = workflows.filter(({ e2eUs }) => e2eUs > MAX_US).length;
  if (clamped === 0) return [];
  return [{ code: 'clamped', transport, workflows: clamped }];
}

/** Their times stay where they were measured: what a user of that transport would have seen. */
function fellBackWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const fellBack = workflows.filter((workflow) => workflow.fellBack).length;
  if (fellBack === 0) return [];
  return [{ code: 'fell_back', transport, workflows: fellBack, allWorkflows: workflows.length }];
}

/** A server or gateway that answers twice, or mixes up answers. */
function strayWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const strays = workflows
    .flatMap(stepsOf)
    .reduce((sum, { strayEvents = 0 }) => sum + strayEvents, 0);
  if (strays === 0) return [];
  return [{ code: 'stray_events', transport, events: strays }];
}

/** A client would notice nothing; whoever answers for the endpoint may want to. */
function oddityWarnings(transport: string, workflows: readonly WorkflowRecord[]): WarningFacts[] {
  const overlooked = workflows.flatMap(stepsOf).map((step) => step.overlooked ?? {});
  const counted = oddities.flatMap((oddity) => {
    const times = overlooked.reduce((sum, { [oddity]: count = 0 }) => sum + count, 0);
    return times === 0 ? [] : [[oddity, times] as const];
  });
  if (counted.length === 0) return [];
  return [{ code: 'overlooked', transport, times: Object.fromEntries(counted) }];
}

function contradictionWarnings(
  transport: string,
  workflows: readonly WorkflowRecord[],
): WarningFacts[] {
  const steps = workflows.flatMap(stepsOf);
  const contradicted = steps.filter(({ serverContradicted }) => serverContradicted).length;
  if (contradicted === 0) return [];
  return [{ code: 'server_contradicted', transport, steps: contradicted, allSteps: steps.length }];
}
