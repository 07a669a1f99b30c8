import { oddities } from '../../measure/marks.ts';
import { isAwaited, stepsOf } from '../../result/query.ts';
import type {
  AgentRecord,
  ConnectionRecord,
  Counters,
  Failure,
  RecoveryRecord,
  StepRecord,
  WorkflowRecord,
} from '../../result/record.ts';
import type { EndpointFailure } from '../../transport/failure.ts';
import type { Connection } from '../../transport/transport.ts';
import { BYTES_PER_TOKEN } from '../../units.ts';
import type { ExchangeOutcome } from '../step/exchange.ts';
import type { StepRecovery } from '../step/step.ts';
import { endUs, goodExchanges, type StepTimes, startUs, sumOf } from '../step/times.ts';
import { parsingUs, stepPhases, workflowPhases } from './phases.ts';
import { serverAccount } from './server-account.ts';

/** The time that our own event loop stood still between two moments of the process clock. */
export type StalledUs = (fromUs: number, toUs: number) => number;

/** The moment when a session is to begin, whatever else goes on. */
export interface Due {
  /** On the clock that all threads share. */
  atUs: number;
  /** It waited for another session to end, because as many were open as may be. */
  heldBack: boolean;
}

/** The facts of a session beside its steps. */
export interface SessionFacts {
  state: WorkflowRecord['state'];
  /** Closed, so that byte counts are final. */
  connections: readonly Connection[];
  outcomeSha256: string;
  /** HTTP took over, at least for a part. */
  fellBack: boolean;
  /** Sessions, sub-agents included, that WebSocket was known to be refused to when they began. */
  begunOverFallback: number;
  /** The sub-agents that it started. */
  agents: readonly AgentFacts[];
  /** When it was to begin; absent where nothing said so. */
  due?: Due | undefined;
}

/** The facts of a sub-agent beside its steps. */
interface AgentFacts extends Pick<AgentRecord, 'name' | 'step' | 'state'> {
  awaited: boolean;
  times: readonly StepTimes[];
}

/** The record of a finished workflow. */
export function workflowRecord(
  facts: SessionFacts,
  times: readonly StepTimes[],
  stalledUs: StalledUs,
): WorkflowRecord {
  const steps = stepRecords(times, stalledUs);
  const agents = facts.agents.map((agent) => agentRecord(agent, stalledUs));
  const all = [times, ...facts.agents.map((agent) => agent.times)];
  // A workflow that a sub-agent brought down ended with that.
  const e2eUs = sessionUs(times, facts.state === 'completed' ? [times] : all);
  const connections = facts.connections.map(connectionRecord);
  const [first] = times;
  const recoveries = first
    ? [
        ...recoveryRecords(times, startUs(first)),
        ...facts.agents.flatMap((agent) =>
          recoveryRecords(agent.times, startUs(first)).map((each) => ({
            agent: agent.name,
            ...each,
          })),
        ),
      ]
    : [];
  return {
    state: facts.state,
    e2eUs,
    ...(first && facts.due && dispatchOf(first, facts.due)),
    outcomeSha256: facts.outcomeSha256,
    phases: workflowPhases(times, steps, e2eUs, agents.filter(isAwaited)),
    counters: counters(
      all.flat(),
      stepsOf({ steps, agents }),
      connections,
      facts.begunOverFallback,
    ),
    ...(facts.fellBack && { fellBack: true }),
    ...(recoveries.length > 0 && { recoveries }),
    connections,
    steps,
    ...(agents.length > 0 && { agents }),
  };
}

function agentRecord(
  { name, step, awaited, state, times }: AgentFacts,
  stalledUs: StalledUs,
): AgentRecord {
  const steps = stepRecords(times, stalledUs);
  const e2eUs = sessionUs(times, [times]);
  return {
    ...{ name, step, ...(awaited && { awaited }), state, e2eUs },
    phases: workflowPhases(times, steps, e2eUs, []),
    steps,
  };
}

/** From a session's first request until the last of these had ended; a user who thinks is nobody's delay. */
function sessionUs(times: readonly StepTimes[], ended: readonly (readonly StepTimes[])[]): number {
  const [first] = times;
  if (first === undefined) return 0;
  const lastUs = ended.flatMap((each) => each.slice(-1)).map(({ end }) => endUs(end));
  const thoughtUs = sumOf(times.slice(1), (time) => time.thinkUs);
  return Math.round(Math.max(...lastUs) - startUs(first) - thoughtUs);
}

function stepRecords(times: readonly StepTimes[], stalledUs: StalledUs): StepRecord[] {
  return times.map((time, index) => stepRecord(time, index, times[index - 1], stalledUs));
}

/** What a user thinks before the first request is nobody's delay. */
function dispatchOf(
  first: StepTimes,
  { atUs, heldBack }: Due,
): Pick<WorkflowRecord, 'dispatchDelayUs' | 'heldBack'> {
  const delayUs = Math.round(startUs(first) - first.thinkUs - atUs);
  return { dispatchDelayUs: Math.max(0, delayUs), ...(heldBack && { heldBack }) };
}

function stepRecord(
  time: StepTimes,
  index: number,
  previous: StepTimes | undefined,
  stalledUs: StalledUs,
): StepRecord {
  const { end, exchanges, deviations } = time;
  const { marks } = end;
  const start = startUs(time);
  const stalled = Math.round(stalledUs(start, endUs(end)));
  const usage = end.state === 'completed' ? end.usage : undefined;
  const good = goodExchanges(time);
  const attempts = exchanges.filter((each) => each.state === 'failed' || isTry(each, end)).length;
  const { server, contradicted } = serverAccount(time);
  const strays = sumOf(exchanges, (each) => each.marks.strayEvents);
  const overlooked = overlookedIn(exchanges);
  const queued = Math.round(sumOf(good, (each) => each.marks.queuedUs));
  return {
    index,
    // Nothing ends with a compaction: an answer is asked for after it.
    state: end.state === 'compacted' ? 'aborted' : end.state,
    ...(end.state === 'failed' && { failure: stepFailure(end.failure) }),
    ...(deviations && { deviations }),
    ...(attempts > 1 && { attempts }),
    durationUs: Math.round(endUs(end) - start),
    ttfbUs: since(start, marks.firstByteUs),
    ttfeUs: since(start, marks.firstEventUs),
    ttftUs: since(start, marks.firstDeltaUs),
    ttfoUs: since(start, marks.firstVisibleDeltaUs),
    idleUs: idleUs(time, previous),
    ...(time.agentsUs > 0 && { agentsUs: Math.round(time.agentsUs) }),
    ...(time.thinkUs > 0 && { thinkUs: Math.round(time.thinkUs) }),
    uploadUs: since(marks.writeStartUs, marks.uploadEndUs),
    ...(marks.heldUpUs > 0 && { downloadUs: Math.round(marks.heldUpUs) }),
    tpotUs: tpotUs(end),
    phases: stepPhases(time),
    ...(server && { server }),
    ...(contradicted && { serverContradicted: true }),
    ...(strays > 0 && { strayEvents: strays }),
    ...(overlooked && { overlooked }),
    ...(queued > 0 && { queuedUs: queued }),
    parsingUs: Math.round(sumOf(good, parsingUs)),
    ...(stalled > 0 && { stalledUs: stalled }),
    payloadBytesSent: sumOf(exchanges, (each) => each.marks.payloadBytesSent),
    bytesSent: time.bytesSent,
    bytesReceived: time.bytesReceived,
    inputTokens: usage?.inputTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
  };
}

function overlookedIn(exchanges: readonly ExchangeOutcome[]): StepRecord['overlooked'] {
  const sum: NonNullable<StepRecord['overlooked']> = {};
  for (const { marks } of exchanges) {
    if (marks.overlooked === undefined) continue;
    for (const oddity of oddities) {
      const times = marks.overlooked[oddity];
      if (times !== undefined) sum[oddity] = (sum[oddity] ?? 0) + times;
    }
  }
  return Object.keys(sum).length === 0 ? undefined : sum;
}

/** What an endpoint said is left out, what an exception of ours says is not. */
function stepFailure(failure: EndpointFailure): Failure {
  const { kind, message } = failure;
  return { ...failureRecord(failure), ...(kind === 'internal' && { message }) };
}

/** What a step ended with is a try, unless the run was called off before anything was sent. */
function isTry(exchange: ExchangeOutcome, end: ExchangeOutcome): boolean {
  if (exchange !== end) return false;
  return end.state !== 'aborted' || !Number.isNaN(end.marks.writeStartUs);
}

/** A failure is over with the first event that comes after it, whatever carries it. */
function recoveryRecords(times: readonly StepTimes[], workflowStartUs: number): RecoveryRecord[] {
  return times.flatMap(({ recoveries, exchanges }, step) =>
    recoveries.map((recovery) => {
      const { cause, action, outputBegan, noticedUs, noticeUs, waitedUs, next, over } = recovery;
      const answer = exchanges.slice(next).find(answered);
      return {
        step,
        cause: failureRecord(cause),
        action,
        ...(outputBegan && { outputBegan }),
        atUs: Math.round(noticedUs - workflowStartUs),
        noticeUs: Math.round(noticeUs),
        waitedUs: Math.round(waitedUs),
        recoveryUs: answer ? since(noticedUs, answer.marks.firstEventUs) : null,
        over,
      };
    }),
  );
}

function counters(
  times: readonly StepTimes[],
  steps: readonly StepRecord[],
  connections: readonly ConnectionRecord[],
  begunOverFallback: number,
): Counters {
  const recoveries = times.flatMap((time) => time.recoveries);
  const exchanges = times.flatMap((time) => time.exchanges);
  const countOf = (...actions: readonly StepRecovery['action'][]): number =>
    recoveries.filter(({ action }) => actions.includes(action)).length;
  return {
    connections: connections.length,
    requests: sumOf(times, ({ requests }) => requests),
    bytes_sent: sumOf(connections, (connection) => connection.bytesSent),
    bytes_received: sumOf(connections, (connection) => connection.bytesReceived),
    payload_bytes_sent: sumOf(steps, (step) => step.payloadBytesSent),
    input_tokens_sent: sumOf(times, ({ tokensSent }) => tokensSent),
    prompt_tokens: sumOf(times, ({ promptTokens }) => promptTokens),
    input_tokens: sumOf(steps, (step) => step.inputTokens ?? 0),
    cached_tokens: sumOf(steps, (step) => step.cachedTokens ?? 0),
    output_tokens: sumOf(steps, (step) => step.outputTokens ?? 0),
    reconnects: countOf('reconnect', 'rotate'),
    fallbacks: countOf('fall_back') + begunOverFallback,
    resends: countOf('resend'),
    retries: countOf('retry'),
    wasted_output_tokens: sumOf(exchanges, wastedTokens),
    compactions: exchanges.filter(({ state }) => state === 'compacted').length,
    tokens_processed: tokensProcessed(steps),
  };
}

function tokensProcessed(steps: readonly StepRecord[]): number | null {
  const declared = steps.flatMap(({ server }) => server?.tokensProcessed ?? []);
  return declared.length === steps.length ? sumOf(declared, (tokens) => tokens) : null;
}

function connectionRecord(connection: Connection): ConnectionRecord {
  const { sent, received } = connection.bytes();
  return {
    dnsUs: rounded(connection.dnsUs),
    tcpConnectUs: Math.round(connection.tcpConnectUs),
    ...(connection.proxyUs !== null && { proxyUs: Math.round(connection.proxyUs) }),
    tlsHandshakeUs: rounded(connection.tlsHandshakeUs),
    wsUpgradeUs: rounded(connection.wsUpgradeUs),
    pacedUs: Math.round(connection.pacedUs),
    addressFamily: connection.addressFamily,
    tlsVersion: connection.tlsVersion,
    alpn: connection.alpn,
    sessionResumed: connection.sessionResumed,
    deflate: connection.deflate,
    bytesSent: sent,
    bytesReceived: received,
  };
}

function failureRecord({ kind, status, code }: StepRecovery['cause']): Failure {
  return {
    kind,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
  };
}

function answered({ marks }: ExchangeOutcome): boolean {
  return !Number.isNaN(marks.firstEventUs);
}

function wastedTokens(exchange: ExchangeOutcome): number {
  return exchange.state === 'failed' ? Math.ceil(exchange.outputBytes / BYTES_PER_TOKEN) : 0;
}

/**
 * A connection that is found open by a step's only exchange has carried nothing since the previous step ended, unless a sub-agent
 * may have used it.
 */
function idleUs(
  { end, exchanges, agentsUs }: StepTimes,
  previous: StepTimes | undefined,
): number | null {
  if (previous === undefined || exchanges.length > 1 || end.marks.handshakeUs > 0) return null;
  if (agentsUs > 0) return null;
  return since(endUs(previous.end), end.marks.writeStartUs);
}

function tpotUs(step: ExchangeOutcome): number | null {
  const tokens = step.state === 'completed' ? (step.usage?.outputTokens ?? 0) : 0;
  const { firstDeltaUs, lastDeltaUs } = step.marks;
  if (tokens < 2 || Number.isNaN(firstDeltaUs)) return null;
  return Math.round((lastDeltaUs - firstDeltaUs) / (tokens - 1));
}

function since(startUs: number, atUs: number): number | null {
  return Number.isNaN(atUs) ? null : Math.round(atUs - startUs);
}

function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us);
}
