import type { WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';

/** A session of a run, and when it ran. */
export interface Session {
  round: number;
  transport: string;
  workflow: WorkflowRecord;
  /** Since the first measured round began. */
  startUs: number;
}

/**
 * Every session of a run, round by round. When each began is in no result: the rounds are laid out as they were run, as
 * many at once as there were lanes, one session after another in a lane and nothing between them.
 */
export function* sessionsOf({ rounds, run }: Result): Generator<Session> {
  const lanesUs = Array.from({ length: Math.min(run.options.concurrency, rounds.length) }, () => 0);
  for (const { index, order, workflows } of rounds) {
    const freeUs = Math.min(...lanesUs);
    let startUs = freeUs;
    for (const transport of order) {
      const workflow = workflows[transport];
      if (workflow === undefined) continue;
      yield { round: index, transport, workflow, startUs };
      startUs += workflow.e2eUs;
    }
    lanesUs[lanesUs.indexOf(freeUs)] = startUs;
  }
}
