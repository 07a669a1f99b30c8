import type { AgentRecord, Counters, RoundRecord, StepRecord, WorkflowRecord } from './record.ts';

/** Every workflow that ran over a transport, in the order of the rounds. */
export function workflowsOf(name: string, rounds: readonly RoundRecord[]): WorkflowRecord[] {
  return rounds.flatMap((round) => round.workflows[name] ?? []);
}

/** The workflows or steps that came to their end. */
export function completedOf<Ended extends { state: WorkflowRecord['state'] }>(
  all: readonly Ended[],
): Ended[] {
  return all.filter(({ state }) => state === 'completed');
}

/** Every step of a workflow, those of its sub-agents included. */
export function stepsOf({
  steps,
  agents = [],
}: Pick<WorkflowRecord, 'steps' | 'agents'>): StepRecord[] {
  return [...steps, ...agents.flatMap((agent) => agent.steps)];
}

/** The steps whose time is the workflow's: its own, and those of the sub-agents that it waited for longest. */
export function awaitedStepsOf({ steps, agents = [] }: WorkflowRecord): StepRecord[] {
  return stepsOf({ steps, agents: agents.filter(isAwaited) });
}

/** Whether the workflow waited for this sub-agent longest. */
export function isAwaited({ awaited }: AgentRecord): boolean {
  return awaited === true;
}

/** The share of the input that the endpoint found in its prompt cache; null where it counts no input. */
export function cachedShareOf(
  counters: Pick<Counters, 'input_tokens' | 'cached_tokens'>,
): number | null {
  const { input_tokens: input, cached_tokens: cached } = counters;
  return input === 0 ? null : cached / input;
}

/** The share of the prompts' tokens that travelled: above 1 where some went out twice, null where nobody counted. */
export function sentShareOf(
  counters: Pick<Counters, 'input_tokens_sent' | 'prompt_tokens'>,
): number | null {
  const { input_tokens_sent: sent, prompt_tokens: all } = counters;
  return all === null || all === 0 ? null : sent / all;
}

/** The share of the prompts' tokens that the server says it rendered anew; null where it doesn't, or nobody counted. */
export function processedShareOf(
  counters: Pick<Counters, 'tokens_processed' | 'prompt_tokens'>,
): number | null {
  const { tokens_processed: processed, prompt_tokens: all } = counters;
  return processed === null || all === null || all === 0 ? null : processed / all;
}

/** The workflows whose WebSocket was refused and that went on over HTTP: their times are neither's. */
export function fellBackOf(workflows: readonly WorkflowRecord[]): WorkflowRecord[] {
  return workflows.filter(({ fellBack }) => fellBack === true);
}

/** The time of a workflow as its user has it, in µs: from when it was due, where it was, else from its first request. */
export function latencyUsOf({
  e2eUs,
  dispatchDelayUs = 0,
}: Pick<WorkflowRecord, 'e2eUs' | 'dispatchDelayUs'>): number {
  return dispatchDelayUs + e2eUs;
}
