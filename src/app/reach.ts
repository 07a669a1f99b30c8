import type { WorkflowRecord } from '../result/record.ts';
import type { EndpointFailure } from '../transport/failure.ts';

/** Notices that an endpoint is out of reach, so that a run need not fail a hundred times to say so. */
export interface Reach {
  /** Takes in a session's end; true once every transport has failed and no step ever completed. */
  lost(transport: string, record: WorkflowRecord, failure: EndpointFailure | undefined): boolean;
  /** The first failure of all. */
  readonly failure: EndpointFailure | undefined;
}

/** A watch over the given transports. */
export function watchReach(names: readonly string[]): Reach {
  const failed = new Set<string>();
  let reached = false;
  let first: EndpointFailure | undefined;
  return {
    lost(transport, record, failure) {
      reached ||= record.steps.some((step) => step.state === 'completed');
      if (failure) failed.add(transport);
      first ??= failure;
      return !reached && failed.size === names.length;
    },
    get failure() {
      return first;
    },
  };
}
