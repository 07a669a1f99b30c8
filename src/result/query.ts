import type { RoundRecord, WorkflowRecord } from './record.ts';

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

/** The workflows whose WebSocket was refused and that went on over HTTP: their times are neither's. */
export function fellBackOf(workflows: readonly WorkflowRecord[]): WorkflowRecord[] {
  return workflows.filter(({ fellBack }) => fellBack === true);
}
