import { nowUs } from '../measure/clock.ts';
import { waitMs } from '../measure/wait.ts';
import type { WorkflowRecord } from '../result/record.ts';
import type { Turn } from '../scenario/script.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import type { Connection, Transport } from '../transport/transport.ts';
import { deviationsOf, type OutcomeItem, outcomeOf, outcomeSha256 } from './records/answer.ts';
import { type Due, type SessionFacts, type StalledUs, workflowRecord } from './records/workflow.ts';
import { type Carrier, createCarrier, type Fallback } from './recovery/carrier.ts';
import { startConversation } from './request/conversation.ts';
import { brokenStep } from './step/broken.ts';
import type { ExchangeOutcome } from './step/exchange.ts';
import { internalFailure } from './step/internal-failure.ts';
import { performStep, type StepHost, type StepSpec } from './step/step.ts';
import type { StepTimes } from './step/times.ts';

/** One agent session to run: plain data, which `structuredClone` copies. */
export interface SessionSpec extends StepSpec {
  model: string;
  /** Scripted tool times and pauses of the user are multiplied by this; 0 skips the waits. */
  toolTimeFactor: number;
  /** Absent: it is begun when nothing is in its way. */
  due?: Due | undefined;
}

/** The host of a session: what it needs of the process that it runs in. */
export interface SessionHost extends StepHost {
  /** Closed when the session ends. */
  transport: Transport;
  /** What takes over where WebSocket is refused; absent: nothing does. */
  fallback?: Fallback;
  /** Tells how long our own event loop stood still, to tag the steps that it touched. */
  stalledUs?: StalledUs;
  /** A step ended, however. */
  onStep?: (state: ExchangeOutcome['state']) => void;
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
  const carrier = createCarrier(host.transport, spec.policy.connection, host.fallback);
  const beganOverFallback = carrier.fellBack;
  const played: Played = { state: 'completed', times: [], outcome: [], gapsUs: [] };
  try {
    await play(spec, host, carrier, played).finally(() => carrier.close());
  } catch (error) {
    if (host.signal.aborted) played.state = 'aborted';
    else breakOff(played, error);
  }

  const recordOf = ({ state, times }: Played): WorkflowRecord => {
    const facts: SessionFacts = {
      state,
      connections: carrier.connections(),
      outcomeSha256: outcomeSha256(played.outcome),
      fellBack: carrier.fellBack,
      beganOverFallback,
      due: spec.due,
    };
    return workflowRecord(facts, times, host.stalledUs ?? (() => 0));
  };
  let record: WorkflowRecord;
  try {
    record = recordOf(played);
  } catch (error) {
    played.times = [];
    breakOff(played, error);
    record = recordOf(played);
  }
  const { outcome, gapsUs, failure } = played;
  return { record, outcome, gapsUs, ...(failure && { failure: factsOf(failure) }) };
}

/** How far a session has come. */
interface Played {
  state: WorkflowRecord['state'];
  times: StepTimes[];
  outcome: OutcomeItem[];
  gapsUs: number[];
  failure?: EndpointFailure;
}

async function play(
  spec: SessionSpec,
  host: SessionHost,
  carrier: Carrier,
  played: Played,
): Promise<void> {
  const conversation = startConversation(
    spec.script,
    spec.model,
    spec.policy,
    spec.shape,
    host.refused,
  );
  for (const [index, turn] of spec.script.turns.entries()) {
    const thinkUs = await scaledWait(turn.thinkMs ?? 0, spec.toolTimeFactor, host.signal);
    const toolTimeUs = await toolWait(turn, spec.toolTimeFactor, host.signal);
    const before = sumBytes(carrier.connections());
    const run = await performStep(spec, index, turn, conversation, carrier, host);
    const end = run.exchanges.at(-1);
    if (end === undefined) {
      played.state = 'aborted';
      return;
    }

    const after = sumBytes(carrier.connections());
    const time: StepTimes = {
      ...run,
      end,
      toolTimeUs,
      thinkUs,
      absorbUs: 0,
      bytesSent: after.sent - before.sent,
      bytesReceived: after.received - before.received,
      deviations: undefined,
    };
    played.times.push(time);
    host.onStep?.(end.state);
    for (const gapUs of end.marks.gapsUs) played.gapsUs.push(gapUs);
    if (end.state !== 'completed') {
      played.state = end.state === 'failed' ? 'failed' : 'aborted';
      if (end.state === 'failed') played.failure = end.failure;
      return;
    }
    conversation.absorb(end.output, end.responseId);
    const made = outcomeOf(end.output);
    time.deviations = deviationsOf(turn.model, made, end.output);
    played.outcome.push(...made);
    time.absorbUs = nowUs() - end.marks.terminalUs;
  }
}

/** Ends a session that met an exception of ours: the step that met it has failed, the ones before it stand. */
function breakOff(played: Played, error: unknown): void {
  const met = played.times.at(-1);
  // An answer that was taken in has its time; what broke then is the next step.
  const during = met?.absorbUs === 0 ? met : undefined;
  if (during) played.times.pop();
  played.failure = internalFailure(error);
  played.times.push(brokenStep(played.failure, during));
  played.state = 'failed';
}

function factsOf({ kind, status, code, param, message }: EndpointFailure): SessionFailure {
  return { kind, status, code, param, message };
}

/** The tools run side by side, so the longest one is waited for. Returns the time it really took. */
function toolWait(turn: Turn, factor: number, signal: AbortSignal): Promise<number> {
  const longestMs = Math.max(0, ...turn.toolResults.map((result) => result.timeMs));
  return scaledWait(longestMs, factor, signal);
}

async function scaledWait(ms: number, factor: number, signal: AbortSignal): Promise<number> {
  return ms * factor === 0 ? 0 : waitMs(ms * factor, signal);
}

function sumBytes(connections: readonly Connection[]): { sent: number; received: number } {
  const total = { sent: 0, received: 0 };
  for (const connection of connections) {
    const { sent, received } = connection.bytes();
    total.sent += sent;
    total.received += received;
  }
  return total;
}
