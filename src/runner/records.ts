import type {
  ConnectionRecord,
  Counters,
  Failure,
  Phases,
  StepRecord,
  WorkflowRecord,
} from '../result/record.ts';
import type { EndpointFailure } from '../transport/failure.ts';
import type { Connection } from '../transport/transport.ts';
import { BYTES_PER_TOKEN } from '../units.ts';
import type { StepOutcome } from './step.ts';

/** What was timed of one step, inside and around its clock. */
export interface StepTimes {
  /** The request before the first one that only filled the connection's cache; the step's clock began with it. */
  warmUp: StepOutcome | undefined;
  step: StepOutcome;
  /** Tool wait before the request. */
  toolTimeUs: number;
  /** Building the request, before the step's clock. */
  buildUs: number;
  /** Taking the answer in, after the step's clock. */
  absorbUs: number;
  bytesSent: number;
  bytesReceived: number;
  deviations: StepRecord['deviations'];
}

/** How long our own event loop stood still between two moments of the process clock. */
export type StalledUs = (fromUs: number, toUs: number) => number;

/** The record of a finished workflow; its transport must be closed, so that byte counts are final. */
export function workflowRecord(
  state: WorkflowRecord['state'],
  times: readonly StepTimes[],
  connections: readonly Connection[],
  outcomeSha256: string,
  stalledUs: StalledUs,
): WorkflowRecord {
  const steps = times.map((time, index) => stepRecord(time, index, times[index - 1], stalledUs));
  const first = times[0];
  const last = times.at(-1);
  const e2eUs = first && last ? Math.round(endUs(last.step) - startUs(first)) : 0;
  const connectionRecords = connections.map(connectionRecord);
  return {
    state,
    e2eUs,
    outcomeSha256,
    phases: workflowPhases(times, steps, e2eUs),
    counters: counters(times, steps, connectionRecords),
    connections: connectionRecords,
    steps,
  };
}

function stepRecord(
  time: StepTimes,
  index: number,
  previous: StepTimes | undefined,
  stalledUs: StalledUs,
): StepRecord {
  const { step, warmUp, deviations } = time;
  const { marks } = step;
  const start = startUs(time);
  const stalled = Math.round(stalledUs(start, endUs(step)));
  const usage = step.state === 'completed' ? step.usage : undefined;
  return {
    index,
    state: step.state,
    ...(step.state === 'failed' && { failure: failureRecord(step.failure) }),
    ...(deviations && { deviations }),
    durationUs: Math.round(endUs(step) - start),
    ttfbUs: since(start, marks.firstByteUs),
    ttfeUs: since(start, marks.firstEventUs),
    ttftUs: since(start, marks.firstDeltaUs),
    ttfoUs: since(start, marks.firstVisibleDeltaUs),
    idleUs: idleUs(time, previous),
    uploadUs: since(marks.writeStartUs, marks.uploadEndUs),
    tpotUs: tpotUs(step),
    phases: stepPhases(time),
    ...(stalled > 0 && { stalledUs: stalled }),
    payloadBytesSent: marks.payloadBytesSent + (warmUp?.marks.payloadBytesSent ?? 0),
    bytesSent: time.bytesSent,
    bytesReceived: time.bytesReceived,
    inputTokens: usage?.inputTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
  };
}

/** The step's clock cut at its marks; what a warm-up took before is part of the same clock. */
function stepPhases(time: StepTimes): Phases {
  const { step, warmUp, toolTimeUs } = time;
  const exchanges = [...(warmUp ? [warmUp] : []), step];
  const parts = exchanges.map(exchangePhases);
  const sum = (phase: keyof ExchangePhases): number => sumOf(parts, (part) => part[phase]);
  const insideTheClock = withResidual(endUs(step) - startUs(time), {
    handshakeUs: sum('handshakeUs'),
    requestWriteUs: sum('requestWriteUs'),
    waitingUs: sum('waitingUs'),
    streamingUs: sum('streamingUs'),
    toolTimeUs: 0,
    clientOverheadUs: sum('clientOverheadUs'),
  });
  return { ...insideTheClock, toolTimeUs: Math.round(toolTimeUs) };
}

type ExchangePhases = Omit<Phases, 'toolTimeUs' | 'residualUs'>;

/** One exchange cut at its marks; a mark that is missing falls together with the next one. */
function exchangePhases(exchange: StepOutcome): ExchangePhases {
  const { marks } = exchange;
  const end = endUs(exchange);
  const firstByte = known(marks.firstByteUs, end);
  // An early answer may overtake the end of a long upload.
  // HTTP/2 doesn't tell when its last byte was written: all of it counts as waiting.
  const writeEnd = known(marks.writeEndUs, marks.writeStartUs);
  const written = Math.min(known(writeEnd, firstByte), firstByte);
  const writing = Math.min(known(marks.writeStartUs, written), written);
  const parse = Math.min(marks.parseUs, end - firstByte);
  return {
    handshakeUs: marks.handshakeUs,
    requestWriteUs: written - writing,
    waitingUs: marks.queuedUs + firstByte - written,
    streamingUs: end - firstByte - parse,
    clientOverheadUs:
      Math.max(0, writing - marks.startUs - marks.handshakeUs - marks.queuedUs) + parse,
  };
}

/** The steps' phases and what lies between the steps: tool waits, building and taking in. */
function workflowPhases(
  times: readonly StepTimes[],
  steps: readonly StepRecord[],
  e2eUs: number,
): Phases {
  const between = times.slice(1).map((time, index) => {
    const previous = times[index];
    return time.buildUs + (previous?.absorbUs ?? 0) + (previous?.step.marks.parseTailUs ?? 0);
  });
  const sum = (phase: keyof Phases): number => sumOf(steps, (step) => step.phases[phase]);
  return withResidual(e2eUs, {
    handshakeUs: sum('handshakeUs'),
    requestWriteUs: sum('requestWriteUs'),
    waitingUs: sum('waitingUs'),
    streamingUs: sum('streamingUs'),
    toolTimeUs: sum('toolTimeUs'),
    clientOverheadUs: sum('clientOverheadUs') + sumOf(between, (us) => us),
  });
}

function withResidual(totalUs: number, parts: Omit<Phases, 'residualUs'>): Phases {
  const rounded = {
    handshakeUs: Math.round(parts.handshakeUs),
    requestWriteUs: Math.round(parts.requestWriteUs),
    waitingUs: Math.round(parts.waitingUs),
    streamingUs: Math.round(parts.streamingUs),
    toolTimeUs: Math.round(parts.toolTimeUs),
    clientOverheadUs: Math.round(parts.clientOverheadUs),
  };
  const accounted = Object.values(rounded).reduce((total, part) => total + part, 0);
  return { ...rounded, residualUs: Math.round(totalUs) - accounted };
}

function counters(
  times: readonly StepTimes[],
  steps: readonly StepRecord[],
  connections: readonly ConnectionRecord[],
): Counters {
  const payloadBytes = sumOf(steps, (step) => step.payloadBytesSent);
  return {
    connections: connections.length,
    requests: sumOf(times, ({ warmUp }) => (warmUp ? 2 : 1)),
    bytes_sent: sumOf(connections, (connection) => connection.bytesSent),
    bytes_received: sumOf(connections, (connection) => connection.bytesReceived),
    payload_bytes_sent: payloadBytes,
    input_tokens_sent: Math.ceil(payloadBytes / BYTES_PER_TOKEN),
    input_tokens: sumOf(steps, (step) => step.inputTokens ?? 0),
    cached_tokens: sumOf(steps, (step) => step.cachedTokens ?? 0),
    output_tokens: sumOf(steps, (step) => step.outputTokens ?? 0),
  };
}

function connectionRecord(connection: Connection): ConnectionRecord {
  const { sent, received } = connection.bytes();
  return {
    dnsUs: rounded(connection.dnsUs),
    tcpConnectUs: Math.round(connection.tcpConnectUs),
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

function failureRecord({ kind, status, code }: EndpointFailure): Failure {
  return {
    kind,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
  };
}

/** A connection that is found open has carried nothing since the previous step ended. */
function idleUs({ step }: StepTimes, previous: StepTimes | undefined): number | null {
  if (previous === undefined || step.marks.handshakeUs > 0) return null;
  return since(endUs(previous.step), step.marks.writeStartUs);
}

function tpotUs(step: StepOutcome): number | null {
  const tokens = step.state === 'completed' ? (step.usage?.outputTokens ?? 0) : 0;
  const { firstDeltaUs, lastDeltaUs } = step.marks;
  if (tokens < 2 || Number.isNaN(firstDeltaUs)) return null;
  return Math.round((lastDeltaUs - firstDeltaUs) / (tokens - 1));
}

function startUs({ warmUp, step }: StepTimes): number {
  return (warmUp ?? step).marks.startUs;
}

function endUs(step: StepOutcome): number {
  return step.state === 'completed' ? step.marks.terminalUs : step.endUs;
}

function since(startUs: number, atUs: number): number | null {
  return Number.isNaN(atUs) ? null : Math.round(atUs - startUs);
}

function known(atUs: number, otherwiseUs: number): number {
  return Number.isNaN(atUs) ? otherwiseUs : atUs;
}

function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us);
}

function sumOf<T>(list: readonly T[], value: (item: T) => number): number {
  return list.reduce((total, item) => total + value(item), 0);
}
