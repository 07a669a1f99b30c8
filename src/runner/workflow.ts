import { nowUs } from '../measure/clock.ts';
import type { WorkflowRecord } from '../result/record.ts';
import type { Turn } from '../scenario/script.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import type { Connection, Transport } from '../transport/transport.ts';
import { startConversation } from './conversation.ts';
import type { ExchangeOutcome } from './exchange.ts';
import { deviationsOf, type OutcomeItem, outcomeOf, outcomeSha256 } from './outcome.ts';
import { type StalledUs, workflowRecord } from './records.ts';
import { createRoute, type Fallback } from './route.ts';
import { performStep, type StepPlan } from './step.ts';
import type { StepTimes } from './step-times.ts';
import { waitMs } from './wait.ts';

/** One agent session to run. */
export interface WorkflowPlan extends StepPlan {
  model: string;
  /** Scripted tool times are multiplied by this; 0 skips the waits. */
  toolTimeFactor: number;
  /** What takes over where WebSocket is refused; absent: nothing does. */
  fallback?: Fallback;
  /** Tells how long our own event loop stood still, to tag the steps that it touched. */
  stalledUs?: StalledUs;
  /** A step ended, however. */
  onStep?: (state: ExchangeOutcome['state']) => void;
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
  const route = createRoute(transport, plan.policy.connection, plan.fallback);
  const beganOverFallback = route.fellBack;
  const times: StepTimes[] = [];
  const outcome: OutcomeItem[] = [];
  const gapsUs: number[] = [];
  let state: WorkflowRecord['state'] = 'completed';
  let failure: EndpointFailure | undefined;

  try {
    for (const [index, turn] of plan.script.turns.entries()) {
      const toolTimeUs = await toolWait(turn, plan.toolTimeFactor, signal);
      const before = sumBytes(route.connections());
      const run = await performStep(plan, index, turn, conversation, route, signal);
      const end = run.exchanges.at(-1);
      if (end === undefined) {
        state = 'aborted';
        break;
      }

      const after = sumBytes(route.connections());
      const time: StepTimes = {
        ...run,
        end,
        toolTimeUs,
        absorbUs: 0,
        bytesSent: after.sent - before.sent,
        bytesReceived: after.received - before.received,
        deviations: undefined,
      };
      times.push(time);
      plan.onStep?.(end.state);
      for (const gapUs of end.marks.gapsUs) gapsUs.push(gapUs);
      if (end.state !== 'completed') {
        state = end.state === 'failed' ? 'failed' : 'aborted';
        if (end.state === 'failed') failure = end.failure;
        break;
      }
      conversation.absorb(end.output, end.responseId);
      const made = outcomeOf(end.output);
      time.deviations = deviationsOf(turn.model, made);
      outcome.push(...made);
      time.absorbUs = nowUs() - end.marks.terminalUs;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    state = 'aborted';
  } finally {
    await route.close();
  }

  const record = workflowRecord(
    {
      state,
      connections: route.connections(),
      outcomeSha256: outcomeSha256(outcome),
      fellBack: route.fellBack,
      beganOverFallback,
    },
    times,
    plan.stalledUs ?? (() => 0),
  );
  return { record, outcome, gapsUs, ...(failure && { failure }) };
}

/** The tools run side by side, so the longest one is waited for. Returns the time it really took. */
async function toolWait(turn: Turn, factor: number, signal: AbortSignal): Promise<number> {
  const longestMs = Math.max(0, ...turn.toolResults.map((result) => result.timeMs)) * factor;
  return longestMs === 0 ? 0 : waitMs(longestMs, signal);
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
