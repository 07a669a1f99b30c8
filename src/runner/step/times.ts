import type { StepRecord } from '../../result/record.ts';
import type { ExchangeOutcome } from './exchange.ts';
import type { StepRun } from './step.ts';

/** The times of one step, inside and around its clock. */
export interface StepTimes extends StepRun {
  /** Its last exchange. */
  end: ExchangeOutcome;
  /** Tool wait before the request. */
  toolTimeUs: number;
  /** Wait for sub-agents before that, until the longest session had ended. */
  agentsUs: number;
  /** What the user thought before that, which is not the workflow's time. */
  thinkUs: number;
  /** Parsing what came with the terminal event and taking the answer in, after the step's clock. */
  absorbUs: number;
  bytesSent: number;
  bytesReceived: number;
  deviations: StepRecord['deviations'];
}

/** The moment when the step's clock started. */
export function startUs({ exchanges, end }: StepTimes): number {
  return (exchanges[0] ?? end).marks.startUs;
}

/** The moment when an exchange was over. */
export function endUs(exchange: ExchangeOutcome): number {
  return exchange.state === 'completed' || exchange.state === 'compacted'
    ? exchange.marks.terminalUs
    : exchange.endUs;
}

/** The exchanges that count: the last one, and those before it that did what they should. */
export function goodExchanges({ exchanges, end }: StepTimes): ExchangeOutcome[] {
  return exchanges.filter((exchange) => exchange === end || exchange.state !== 'failed');
}

/** The sum over a list. */
export function sumOf<T>(list: readonly T[], value: (item: T) => number): number {
  return list.reduce((total, item) => total + value(item), 0);
}
