import { MAX_US } from '../measure/histogram.ts';
import { type Oddity, oddities } from '../measure/marks.ts';
import { noiseWarnings } from './noise-warnings.ts';
import type { RoundRecord, WorkflowRecord } from './record.ts';
import type { Environment, Run, Warning } from './schema.ts';
import { workflowsOf } from './summarise.ts';

const RESIDUAL_LIMIT = 0.01;
const OUTPUT_LIMIT = 0.1;
const PACE_LIMIT = 0.01;

/** The warnings that records, and the noise beside them, give: what a reader of the numbers should know. */
export function warningsOf(
  { options: { transports }, endpoint }: Pick<Run, 'options' | 'endpoint'>,
  rounds: readonly RoundRecord[],
  noise: Environment['noise'],
): Warning[] {
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
function outcomeWarnings(rounds: readonly RoundRecord[]): Warning[] {
  const differing = rounds.filter((round) => {
    const completed = Object.values(round.workflows).filter(({ state }) => state === 'completed');
    return new Set(completed.map(({ outcomeSha256 }) => outcomeSha256)).size > 1;
  });
  if (differing.length === 0) return [];
  const message = `in ${differing.length} of ${rounds.length} rounds the transports ended with different calls or texts: they did not do the same work`;
  return [{ code: 'outcomes_differ', message, rounds: differing.length }];
}

/** Tokens that the models wrote over different transports take different times, whatever the transport. */
function outputWarnings(transports: readonly string[], rounds: readonly RoundRecord[]): Warning[] {
  const means = transports.flatMap((name) => {
    const completed = workflowsOf(name, rounds).filter(({ state }) => state === 'completed');
    if (completed.length === 0) return [];
    const tokens = completed.reduce((sum, { counters }) => sum + counters.output_tokens, 0);
    return [{ name, tokens: tokens / completed.length }];
  });
  const ascending = means.toSorted((a, b) => a.tokens - b.tokens);
  const [least] = ascending;
  const most = ascending.at(-1);
  if (!least || !most || most.tokens <= least.tokens * (1 + OUTPUT_LIMIT)) return [];
  const message = `the model wrote ${most.tokens.toFixed(0)} tokens per workflow over ${most.name} but ${least.tokens.toFixed(0)} over ${least.name}: part of the difference in time is the model's`;
  return [{ code: 'output_differs', message }];
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

/** We begin TLS handshakes no faster than our own CPU can do them; the wait for that is in the times. */
function paceWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const totalUs = workflows.reduce((sum, { e2eUs }) => sum + e2eUs, 0);
  const pacedUs = workflows
    .flatMap(({ connections }) => connections)
    .reduce((sum, connection) => sum + connection.pacedUs, 0);
  if (pacedUs <= totalUs * PACE_LIMIT) return [];
  const percent = ((pacedUs / totalUs) * 100).toFixed(1);
  const message = `${transport}: ${percent} % of the time went into waiting for our own limit on TLS handshakes; lower the concurrency`;
  return [{ code: 'handshakes_paced', message, transport, pacedUs }];
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

/** Their times stay where they were measured: what a user of that transport would have seen. */
function fellBackWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const fellBack = workflows.filter((workflow) => workflow.fellBack).length;
  if (fellBack === 0) return [];
  const message = `${transport}: ${fellBack} of ${workflows.length} workflows went on over HTTP because WebSocket was refused; their times are not WebSocket's`;
  return [{ code: 'fell_back', message, transport, workflows: fellBack }];
}

/** A server or gateway that answers twice, or mixes up answers. */
function strayWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const strays = workflows
    .flatMap(({ steps }) => steps)
    .reduce((sum, { strayEvents = 0 }) => sum + strayEvents, 0);
  if (strays === 0) return [];
  const message = `${transport}: ${strays} events were overlooked that belonged to another answer or came after the end of theirs`;
  return [{ code: 'stray_events', message, transport, events: strays }];
}

const oddityWords: Readonly<Record<Oddity, string>> = {
  no_event: 'messages that are no events, such as heartbeats',
  binary_frame: 'binary frames',
  content_type: 'event streams without the content type of one',
  content_encoding: 'compressed answers, which were not asked for',
  no_end: 'times the previous answer never ended, so that a step went over a fresh connection',
};

/** A client would notice nothing; whoever answers for the endpoint may want to. */
function oddityWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const overlooked = workflows.flatMap(({ steps }) => steps.map((step) => step.overlooked ?? {}));
  const counted = oddities.flatMap((oddity) => {
    const times = overlooked.reduce((sum, { [oddity]: count = 0 }) => sum + count, 0);
    return times === 0 ? [] : [[oddity, times] as const];
  });
  if (counted.length === 0) return [];
  const list = counted.map(([oddity, times]) => `${times} ${oddityWords[oddity]}`).join('; ');
  const message = `${transport}: overlooked, as clients do: ${list}`;
  return [{ code: 'overlooked', message, transport, ...Object.fromEntries(counted) }];
}

function contradictionWarnings(transport: string, workflows: readonly WorkflowRecord[]): Warning[] {
  const steps = workflows.flatMap((workflow) => workflow.steps);
  const contradicted = steps.filter(({ serverContradicted }) => serverContradicted).length;
  if (contradicted === 0) return [];
  const message = `${transport}: in ${contradicted} of ${steps.length} steps the server declared more time than passed; what it says of these is left out`;
  return [{ code: 'server_contradicted', message, transport, steps: contradicted }];
}
