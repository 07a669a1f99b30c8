import { nowUs } from '../../measure/clock.ts';
import { waitMs } from '../../measure/wait.ts';
import type { ReadUsage } from '../../protocol/reading.ts';
import type { CreateRequest } from '../../protocol/request.ts';
import type { Script, Turn } from '../../scenario/script.ts';
import type { TransportPolicy } from '../../transport/index.ts';
import { drawOf } from '../recovery/backoff.ts';
import type { Carrier } from '../recovery/carrier.ts';
import {
  type Cause,
  causeOf,
  decide,
  defaultRecovery,
  type Recovery,
  type RecoveryLimits,
} from '../recovery/recovery.ts';
import type { Conversation } from '../request/conversation.ts';
import { dispensableField } from '../request/refused-field.ts';
import type { OmittableField, RequestShape } from '../request/shape.ts';
import {
  abortedExchange,
  doubtfulExchange,
  type ExchangeOutcome,
  runCompaction,
  runExchange,
} from './exchange.ts';
import { limitStep, type StepLimit } from './limit.ts';
import { timeToNoticeUs } from './time-to-notice.ts';

/** The settings that the steps of a session have in common: plain data. */
export interface StepSpec {
  script: Script;
  policy: TransportPolicy;
  /** Per step, all its attempts and waits together. */
  timeoutMs: number;
  /** What to do about failures; absent: lost connections are replaced, nothing is tried again. */
  recovery?: RecoveryLimits;
  /** What requests carry. @default all that the script says */
  shape?: RequestShape;
  /** Of the waits before retries. @default 0 */
  seed?: number;
}

/** The host of a step: what it needs of the process that it runs in. */
export interface StepHost {
  /** Calls the session off. */
  signal: AbortSignal;
  /** Whoever counts what requests cost. */
  spend?: {
    /** Asked before every request; `false` ends the session as aborted. */
    mayRequest: (request: CreateRequest) => boolean;
    /** Told of what every answered request cost. */
    add: (usage: ReadUsage | undefined, request: CreateRequest) => void;
  };
  /** Fields that the endpoint refused, shared by all sessions that talk to it: what one learns, the others know. */
  refused?: Set<OmittableField>;
}

/** One turn of a session, with all that was sent for it. */
export interface StepRun {
  /** In their order; the last one is how the step ended. Empty if nothing might be sent. */
  exchanges: ExchangeOutcome[];
  recoveries: StepRecovery[];
  /** Requests of which at least a byte was handed to a connection. */
  requests: number;
  /** Tokens that these carried, compactions aside. */
  tokensSent: number;
  /** Tokens of the prompts that were answered. */
  promptTokens: number;
  /** Building the first request, before the step's clock. */
  buildUs: number;
}

/** A failure, and what was done about it. */
export interface StepRecovery {
  cause: Pick<Cause, 'kind' | 'status' | 'code'>;
  action: Recovery['action'];
  outputBegan: boolean;
  noticedUs: number;
  /** It went unnoticed for so long before. */
  noticeUs: number;
  waitedUs: number;
  /** Position among the exchanges of the attempt that followed. */
  next: number;
  over: Carrier['over'];
}

type Task = 'warmUp' | 'compaction' | 'answer';

/** A step under way. */
interface Step {
  spec: StepSpec;
  index: number;
  run: StepRun;
  carrier: Carrier;
  limit: StepLimit;
  refused: Set<OmittableField> | undefined;
}

/**
 * One turn, performed: what has to come before it, the request itself, and whatever the recovery policy makes of
 * failures, within the step's time. The answer is left for the caller to take in.
 */
export async function performStep(
  spec: StepSpec,
  index: number,
  turn: Turn,
  conversation: Conversation,
  carrier: Carrier,
  { signal, spend, refused }: StepHost,
): Promise<StepRun> {
  const buildStartUs = nowUs();
  const run: StepRun = {
    exchanges: [],
    recoveries: [],
    requests: 0,
    tokensSent: 0,
    promptTokens: 0,
    buildUs: 0,
  };
  carrier.beginStep();
  if (carrier.lost && carrier.doubtful) {
    run.exchanges.push(doubtfulExchange());
    return run;
  }
  if (carrier.lost) run.recoveries.push(replacedWhileIdle(carrier, buildStartUs));
  conversation.begin(turn);
  const tasks = tasksOf(spec, index, conversation, carrier);
  const limit = limitStep(spec.timeoutMs, signal);
  const step: Step = { spec, index, run, carrier, limit, refused };

  try {
    for (let task = tasks[0]; task !== undefined; task = tasks[0]) {
      const request =
        task === 'answer'
          ? conversation.request(contextFor(spec.policy, run, carrier))
          : conversation[task]();
      if (run.exchanges.length === 0) run.buildUs = nowUs() - buildStartUs;
      if (spend?.mayRequest(request) === false) {
        if (run.exchanges.length > 0) run.exchanges.push(abortedExchange());
        break;
      }
      const outcome = await send(step, task, request);
      run.exchanges.push(outcome);
      const begun = !Number.isNaN(outcome.marks.writeStartUs);
      if (begun) run.requests++;
      if (task !== 'compaction') {
        const { sent, prompt } = conversation.tokensOf(request);
        if (begun) run.tokensSent += sent;
        if (outcome.state === 'completed') run.promptTokens += prompt;
      }
      if (outcome.state === 'aborted') break;
      if (outcome.state === 'failed') {
        const action = await recover(step, task, request, outcome);
        if (action === 'give_up') break;
        // A cache that could not be filled is done without.
        if (task === 'warmUp' && action !== 'leave_out') tasks.shift();
        continue;
      }
      if (outcome.state === 'compacted') conversation.replaceHistory(outcome.output);
      else spend?.add(outcome.usage, request);
      if (task === 'warmUp' && outcome.state === 'completed') {
        conversation.warmedUp(outcome.responseId);
      }
      tasks.shift();
    }
  } finally {
    limit.release();
  }
  return run;
}

function replacedWhileIdle({ transport, over }: Carrier, noticedUs: number): StepRecovery {
  return {
    cause: { kind: 'closed', status: undefined, code: transport.sessionEnd() },
    action: 'reconnect',
    outputBegan: false,
    noticedUs,
    // While nobody waited.
    noticeUs: 0,
    waitedUs: 0,
    next: 0,
    over,
  };
}

function tasksOf(
  { script, policy }: StepSpec,
  index: number,
  conversation: Conversation,
  { keepsSession }: Carrier,
): Task[] {
  const { compactAboveBytes = Infinity } = script;
  const tooLong = compactAboveBytes < Infinity && conversation.historyBytes() > compactAboveBytes;
  return [
    ...(policy.warm && index === 0 && keepsSession ? (['warmUp'] as const) : []),
    ...(tooLong ? (['compaction'] as const) : []),
    'answer',
  ];
}

/** What the next request refers to a previous response with, or that it can't. */
function contextFor(
  policy: TransportPolicy,
  { recoveries }: StepRun,
  { transport }: Carrier,
): TransportPolicy['context'] {
  if (policy.context === 'full') return 'full';
  if (policy.store) return countOf(recoveries, 'resend') > 0 ? 'full' : 'incremental';
  // A connection's cache lets go of a response when its continuation fails.
  return recoveries.length === 0 && transport.holdsSession() ? 'incremental' : 'full';
}

async function send(
  { carrier, limit }: Step,
  task: Task,
  request: CreateRequest,
): Promise<ExchangeOutcome> {
  if (task === 'compaction') return runCompaction(carrier.transport, request, limit);
  const outcome = await runExchange(carrier.transport, request, limit, () => {
    carrier.answered();
  });
  if (outcome.state === 'failed') carrier.answered();
  return outcome;
}

/** Decides on a failure, writes that down and does it; returns what was done, or that the step ends here. */
async function recover(
  { spec, index, run, carrier, limit, refused }: Step,
  task: Task,
  request: CreateRequest,
  { failure, endUs, marks }: Extract<ExchangeOutcome, { state: 'failed' }>,
): Promise<Recovery['action']> {
  const { exchanges, recoveries } = run;
  const inStep = recoveries.filter(({ next }) => next > 0);
  const retries = countOf(inStep, 'retry');
  const outputBegan = !Number.isNaN(marks.firstDeltaUs);
  const continued = request.previous_response_id !== undefined;
  const cause = causeOf(failure, continued);
  const decision = decide(
    cause,
    {
      outputBegan,
      reconnects: countOf(inStep, 'reconnect') + countOf(inStep, 'rotate'),
      unheard: exchanges.filter(closedUnheard).length,
      continued,
      retries,
      // Compaction is spoken over HTTP anyway.
      mayFallBack: task !== 'compaction' && carrier.mayFallBack,
      dispensable: refused && dispensableField(failure, request),
      leftMs: limit.leftMs(),
      draw: drawOf(spec.seed ?? 0, index, retries),
    },
    spec.recovery ?? defaultRecovery,
  );
  if (decision.action === 'fall_back') carrier.fallBack();
  if (decision.action === 'leave_out') refused?.add(decision.field);
  const recovery: StepRecovery = {
    cause,
    action: decision.action,
    outputBegan,
    noticedUs: endUs,
    noticeUs: timeToNoticeUs(failure, marks, endUs),
    waitedUs: 0,
    next: exchanges.length,
    over: carrier.over,
  };
  recoveries.push(recovery);
  if (decision.action === 'retry') {
    await waitMs(decision.afterMs, limit.signal).catch((reason: unknown) => {
      if (!limit.signal.aborted) throw reason;
    });
    recovery.waitedUs = nowUs() - endUs;
    if (limit.calledOff()) exchanges.push(abortedExchange());
  }
  return limit.calledOff() ? 'give_up' : decision.action;
}

function closedUnheard(exchange: ExchangeOutcome): boolean {
  const closed = exchange.state === 'failed' && exchange.failure.kind === 'closed';
  return closed && Number.isNaN(exchange.marks.firstEventUs);
}

function countOf(recoveries: readonly StepRecovery[], action: StepRecovery['action']): number {
  return recoveries.filter((recovery) => recovery.action === action).length;
}
