import { nowUs } from '../../measure/clock.ts';
import { EndpointFailure } from '../../transport/failure.ts';

/** The time limit of a step, all its attempts together. */
export interface StepLimit {
  /** Aborts when the time is over, with an EndpointFailure, or when the run is called off. */
  readonly signal: AbortSignal;
  /** Whether the run was called off. */
  calledOff(): boolean;
  /** Time that is left, in ms. */
  leftMs(): number;
  /** To be called when the step has ended. */
  release(): void;
}

/** A limit that runs from now. */
export function limitStep(timeoutMs: number, signal: AbortSignal): StepLimit {
  const startUs = nowUs();
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new EndpointFailure('timeout', `no complete answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const onAbort = (): void => {
    limit.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return {
    signal: limit.signal,
    calledOff: () => signal.aborted,
    leftMs: () => timeoutMs - (nowUs() - startUs) / 1000,
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
