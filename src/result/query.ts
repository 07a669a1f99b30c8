import type { Counters, RoundRecord, WorkflowRecord } from './record.ts';

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

/** The share of the input that the endpoint found in its prompt cache; null where it counts no input. */
export function cachedShareOf(
  counters: Pick<Counters, 'input_tokens' | 'cached_tokens'>,
): number | null {
  const { input_tokens: input, cached_tokens: cached } = counters;
  return input === 0 ? null : cached / input;
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
