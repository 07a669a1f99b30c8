import { outcomeSha256 } from './records/answer.ts';
import { workflowRecord } from './records/workflow.ts';
import type { SessionEnded } from './session.ts';
import { brokenStep } from './step/broken.ts';
import { internalFailure } from './step/internal-failure.ts';

/** The end of a session of which nothing is left but the error of ours that ended it. */
export function brokenSession(error: unknown): SessionEnded {
  const failure = internalFailure(error);
  const facts = {
    state: 'failed',
    connections: [],
    outcomeSha256: outcomeSha256([]),
    fellBack: false,
    begunOverFallback: 0,
    agents: [],
  } as const;
  const { kind, message } = failure;
  return {
    record: workflowRecord(facts, [brokenStep(failure, undefined)], () => 0),
    outcome: [],
    gapsUs: [],
    failure: { kind, status: undefined, code: undefined, param: undefined, message },
  };
}
