import type { AgentRecord, Phases, StepRecord } from '../../result/record.ts';
import type { ExchangeOutcome } from '../step/exchange.ts';
import { endUs, goodExchanges, type StepTimes, startUs, sumOf } from '../step/times.ts';

/** The step's clock cut at its marks; what failed on the way is cut out whole, up to the attempt that followed. */
export function stepPhases(time: StepTimes): Phases {
  const { exchanges, end, toolTimeUs } = time;
  const parts = goodExchanges(time).map(exchangePhases);
  const sum = (phase: keyof ExchangePhases): number => sumOf(parts, (part) => part[phase]);
  const insideTheClock = withResidual(endUs(end) - startUs(time), {
    handshakeUs: sum('handshakeUs'),
    requestWriteUs: sum('requestWriteUs'),
    waitingUs: sum('waitingUs'),
    streamingUs: sum('streamingUs'),
    toolTimeUs: 0,
    clientOverheadUs: sum('clientOverheadUs'),
    recoveryUs: lostUs(exchanges),
  });
  return { ...insideTheClock, toolTimeUs: Math.round(toolTimeUs) };
}

/** From the start of every attempt that failed until the next one's. */
function lostUs(exchanges: readonly ExchangeOutcome[]): number {
  const lost = exchanges.slice(1).map((next, index) => {
    const before = exchanges[index];
    return before?.state === 'failed' ? next.marks.startUs - before.marks.startUs : 0;
  });
  return sumOf(lost, (us) => us);
}

type ExchangePhases = Omit<Phases, 'toolTimeUs' | 'recoveryUs' | 'residualUs'>;

/** One exchange cut at its marks; a mark that is missing falls together with the next one. */
function exchangePhases(exchange: ExchangeOutcome): ExchangePhases {
  const { marks } = exchange;
  const end = endUs(exchange);
  const answerBegan = known(marks.firstEventUs, end);
  // An early answer may overtake the end of a long upload.
  // HTTP/2 doesn't tell when its last byte was written: all of it counts as waiting.
  const writeEnd = known(marks.writeEndUs, marks.writeStartUs);
  const written = Math.min(known(writeEnd, answerBegan), answerBegan);
  const writing = Math.min(known(marks.writeStartUs, written), written);
  const parse = parsingUs(exchange);
  return {
    handshakeUs: marks.handshakeUs,
    requestWriteUs: written - writing,
    waitingUs: marks.queuedUs + answerBegan - written,
    streamingUs: end - answerBegan - parse,
    clientOverheadUs:
      Math.max(0, writing - marks.startUs - marks.handshakeUs - marks.queuedUs) + parse,
  };
}

/** Our own parsing between the first event of an answer and its end. */
export function parsingUs(exchange: ExchangeOutcome): number {
  const end = endUs(exchange);
  return Math.min(exchange.marks.parseUs, end - known(exchange.marks.firstEventUs, end));
}

/**
 * The steps' phases, those of the sub-agents that were awaited, and what lies between: tool waits, building and taking in. What a
 * wait for sub-agents took beyond the longest one's session is our own work.
 */
export function workflowPhases(
  times: readonly StepTimes[],
  steps: readonly StepRecord[],
  e2eUs: number,
  awaited: readonly Pick<AgentRecord, 'phases' | 'e2eUs'>[],
): Phases {
  const sessions = [...steps, ...awaited];
  const besideAgentsUs =
    sumOf(times, ({ agentsUs }) => agentsUs) - sumOf(awaited, (agent) => agent.e2eUs);
  const between = times.slice(1).map((time, index) => {
    const previous = times[index];
    return time.buildUs + (previous?.absorbUs ?? 0);
  });
  const sum = (phase: keyof Phases): number => sumOf(sessions, (each) => each.phases[phase]);
  return withResidual(e2eUs, {
    handshakeUs: sum('handshakeUs'),
    requestWriteUs: sum('requestWriteUs'),
    waitingUs: sum('waitingUs'),
    streamingUs: sum('streamingUs'),
    toolTimeUs: sum('toolTimeUs'),
    clientOverheadUs: sum('clientOverheadUs') + sumOf(between, (us) => us) + besideAgentsUs,
    recoveryUs: sum('recoveryUs'),
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
    recoveryUs: Math.round(parts.recoveryUs),
  };
  const accounted = Object.values(rounded).reduce((total, part) => total + part, 0);
  return { ...rounded, residualUs: Math.round(totalUs) - accounted };
}

function known(atUs: number, otherwiseUs: number): number {
  return Number.isNaN(atUs) ? otherwiseUs : atUs;
}
