import type { WorkflowRecord } from '../result/record.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import type { OutcomeItem } from './records/answer.ts';
import type { Due } from './records/workflow.ts';
import { brokenStep } from './step/broken.ts';
import type { ExchangeOutcome } from './step/exchange.ts';
import { internalFailure } from './step/internal-failure.ts';
import type { StepHost, StepSpec } from './step/step.ts';
import type { StepTimes } from './step/times.ts';

/** One agent session to run: plain data, which `structuredClone` copies. */
export interface SessionSpec extends StepSpec {
  model: string;
  /** Scripted tool times and pauses of the user are multiplied by this; 0 skips the waits. */
  toolTimeFactor: number;
  /** Absent: it is begun when nothing is in its way. */
  due?: Due | undefined;
}

/** The host of what is played: what it needs of the process that it runs in. */
export interface PlayHost extends StepHost {
  /** A step ended, however. */
  onStep?: (state: ExchangeOutcome['state']) => void;
}

/** How far a session has come. */
export interface Played {
  state: WorkflowRecord['state'];
  times: StepTimes[];
  outcome: OutcomeItem[];
  gapsUs: number[];
  failure?: EndpointFailure;
  /** The sub-agents that it has started, in their order. */
  agents: PlayedAgent[];
}

/** How far a sub-agent has come. */
export interface PlayedAgent extends Played {
  name: string;
  /** Index of the step before which it was waited for. */
  step: number;
  /** Nothing that the step waited for took longer. */
  awaited: boolean;
}

/** A session that has not begun. */
export function unplayed(): Played {
  return { state: 'completed', times: [], outcome: [], gapsUs: [], agents: [] };
}

/** Ends a session that met an exception of ours: the step that met it has failed, the ones before it stand. */
export function breakOff(played: Played, error: unknown): void {
  const met = played.times.at(-1);
  // An answer that was taken in has its time; what broke then is the next step.
  const during = met?.absorbUs === 0 ? met : undefined;
  if (during) played.times.pop();
  played.failure = internalFailure(error);
  played.times.push(brokenStep(played.failure, during));
  played.state = 'failed';
}
