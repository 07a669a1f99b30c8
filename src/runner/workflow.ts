import { nowUs } from '../measure/clock.ts';
import type { ReadUsage } from '../protocol/reading.ts';
import type { CreateRequest } from '../protocol/request.ts';
import type { WorkflowRecord } from '../result/record.ts';
import type { Script, Turn } from '../scenario/script.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import type { Transport } from '../transport/transport.ts';
import { type ContextPolicy, startConversation } from './conversation.ts';
import { deviationsOf, type OutcomeItem, outcomeOf, outcomeSha256 } from './outcome.ts';
import { type StalledUs, type StepTimes, workflowRecord } from './records.ts';
import { runStep, type StepOutcome } from './step.ts';
import { waitMs } from './wait.ts';

/** One agent session to run. */
export interface WorkflowPlan {
  script: Script;
  model: string;
  policy: ContextPolicy;
  /** Scripted tool times are multiplied by this; 0 skips the waits. */
  toolTimeFactor: number;
  /** Per step. */
  timeoutMs: number;
  /** Tells how long our own event loop stood still, to tag the steps that it touched. */
  stalledUs?: StalledUs;
  /** Asked before every request; `false` ends the workflow as aborted. */
  mayRequest?: (request: CreateRequest) => boolean;
  /** A step ended, however. */
  onStep?: () => void;
  /** Told of what every answered request cost. */
  onUsage?: (usage: ReadUsage | undefined, request: CreateRequest) => void;
}

/** What came of a workflow: its record, and what the record leaves out. */
export interface WorkflowOutcome {
  record: WorkflowRecord;
  /** Calls and texts in their order. */
  outcome: OutcomeItem[];
  /** Gaps between output deltas, over all steps. */
  gapsUs: number[];
  /** Why it failed, for the terminal. */
  failure?: EndpointFailure;
}

/**
 * Runs a script over a transport from the first request to the last answer, then closes the transport.
 * Never throws for what the endpoint or the signal does: that is in the record.
 */
export async function runWorkflow(
  plan: WorkflowPlan,
  transport: Transport,
  signal: AbortSignal,
): Promise<WorkflowOutcome> {
  const conversation = startConversation(plan.script, plan.model, plan.policy);
  const times: StepTimes[] = [];
  const outcome: OutcomeItem[] = [];
  const gapsUs: number[] = [];
  let state: WorkflowRecord['state'] = 'completed';
  let failure: EndpointFailure | undefined;

  /** Undefined if the request may not be sent. */
  async function send(request: CreateRequest): Promise<StepOutcome | undefined> {
    if (plan.mayRequest?.(request) === false) return undefined;
    const step = await runStep(transport, request, plan.timeoutMs, signal);
    if (step.state === 'completed') plan.onUsage?.(step.usage, request);
    return step;
  }

  try {
    for (const turn of plan.script.turns) {
      const toolTimeUs = await toolWait(turn, plan.toolTimeFactor, signal);
      const before = sumBytes(transport);
      const warmUp =
        plan.policy.warm && times.length === 0 ? await send(conversation.warmUp()) : undefined;
      if (warmUp?.state === 'completed') conversation.absorb([], warmUp.responseId);
      const buildStartUs = nowUs();
      const request = conversation.request(turn);
      const buildUs = nowUs() - buildStartUs;
      const goOn = warmUp === undefined || warmUp.state === 'completed';
      const step = goOn ? await send(request) : warmUp;
      if (step === undefined) {
        state = 'aborted';
        break;
      }

      const absorbStartUs = nowUs();
      const after = sumBytes(transport);
      const time: StepTimes = {
        warmUp: goOn ? warmUp : undefined,
        step,
        toolTimeUs,
        buildUs,
        absorbUs: 0,
        bytesSent: after.sent - before.sent,
        bytesReceived: after.received - before.received,
        deviations: undefined,
      };
      times.push(time);
      plan.onStep?.();
      for (const gapUs of step.marks.gapsUs) gapsUs.push(gapUs);
      if (step.state !== 'completed') {
        state = step.state;
        if (step.state === 'failed') failure = step.failure;
        break;
      }
      conversation.absorb(step.output, step.responseId);
      const made = outcomeOf(step.output);
      time.deviations = deviationsOf(turn.model, made);
      outcome.push(...made);
      time.absorbUs = nowUs() - absorbStartUs;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    state = 'aborted';
  } finally {
    await transport.close();
  }

  const record = workflowRecord(
    state,
    times,
    transport.connections,
    outcomeSha256(outcome),
    plan.stalledUs ?? (() => 0),
  );
  return { record, outcome, gapsUs, ...(failure && { failure }) };
}

/** The tools run side by side, so the longest one is waited for. Returns the time it really took. */
async function toolWait(turn: Turn, factor: number, signal: AbortSignal): Promise<number> {
  const longestMs = Math.max(0, ...turn.toolResults.map((result) => result.timeMs)) * factor;
  return longestMs === 0 ? 0 : waitMs(longestMs, signal);
}

function sumBytes(transport: Transport): { sent: number; received: number } {
  const total = { sent: 0, received: 0 };
  for (const connection of transport.connections) {
    const { sent, received } = connection.bytes();
    total.sent += sent;
    total.received += received;
  }
  return total;
}
