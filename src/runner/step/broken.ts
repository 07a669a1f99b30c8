import { nowUs } from '../../measure/clock.ts';
import { startMarks } from '../../measure/marks.ts';
import type { EndpointFailure } from '../../transport/failure.ts';
import type { ExchangeOutcome } from './exchange.ts';
import type { StepTimes } from './times.ts';

/** The step that a session broke off in; `during` is what is known of it already. */
export function brokenStep(failure: EndpointFailure, during: StepTimes | undefined): StepTimes {
  const atUs = nowUs();
  const end: ExchangeOutcome = {
    state: 'failed',
    failure,
    marks: startMarks(atUs),
    endUs: atUs,
    outputBytes: 0,
  };
  return { ...(during ?? unbegun), exchanges: [...(during?.exchanges ?? []), end], end };
}

const unbegun = {
  recoveries: [],
  requests: 0,
  tokensSent: 0,
  promptTokens: 0,
  buildUs: 0,
  toolTimeUs: 0,
  agentsUs: 0,
  thinkUs: 0,
  absorbUs: 0,
  bytesSent: 0,
  bytesReceived: 0,
  deviations: undefined,
};
