import type { WorkflowRecord } from '../result/record.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import { createCarriers, type Ways } from './carriers.ts';
import { play } from './play.ts';
import { breakOff, type Played, type PlayHost, type SessionSpec, unplayed } from './played.ts';
import { type OutcomeItem, outcomeSha256 } from './records/answer.ts';
import { type SessionFacts, type StalledUs, workflowRecord } from './records/workflow.ts';

export type { SessionSpec } from './played.ts';

/** The host of a session: what it needs of the process that it runs in; its ways are closed when it ends. */
export interface SessionHost extends PlayHost, Ways {
  /** Tells how long our own event loop stood still, to tag the steps that it touched. */
  stalledUs?: StalledUs;
}

/** The end of a session: its record, and what the record leaves out. Plain data, which `structuredClone` copies. */
export interface SessionEnded {
  record: WorkflowRecord;
  /** Calls and texts in their order. */
  outcome: OutcomeItem[];
  /** Gaps between output deltas, over all steps. */
  gapsUs: number[];
  /** Why it failed, for the terminal. */
  failure?: SessionFailure;
}

/** A failure as data; `message` may quote the endpoint, so it is redacted before anybody reads it. */
export type SessionFailure = Pick<
  EndpointFailure,
  'kind' | 'status' | 'code' | 'param' | 'message'
>;

/**
 * The end of a session that runs a script over a transport from the first request to the last answer, then closes the transport.
 * Never throws: what the endpoint and the signal do is in the record, and so is an exception of ours.
 */
export async function runSession(spec: SessionSpec, host: SessionHost): Promise<SessionEnded> {
  const carriers = createCarriers(host, spec.policy.connection);
  const played = unplayed();
  try {
    await play(spec, host, carriers, played).finally(() => carriers.close());
  } catch (error) {
    if (host.signal.aborted) played.state = 'aborted';
    else breakOff(played, error);
  }

  const recordOf = ({ state, times, agents }: Played): WorkflowRecord => {
    const facts: SessionFacts = {
      state,
      connections: carriers.connections(),
      outcomeSha256: outcomeSha256(played.outcome),
      fellBack: carriers.fellBack(),
      begunOverFallback: carriers.begunOverFallback,
      agents,
      due: spec.due,
    };
    return workflowRecord(facts, times, host.stalledUs ?? (() => 0));
  };
  let record: WorkflowRecord;
  try {
    record = recordOf(played);
  } catch (error) {
    played.times = [];
    played.agents = [];
    breakOff(played, error);
    record = recordOf(played);
  }
  const { outcome, gapsUs, failure } = played;
  return { record, outcome, gapsUs, ...(failure && { failure: factsOf(failure) }) };
}

function factsOf({ kind, status, code, param, message }: EndpointFailure): SessionFailure {
  return { kind, status, code, param, message };
}
