import { EndpointFailure } from '../../transport/failure.ts';

/**
 * An exception of ours, dressed as a failure of kind `internal`: it ends the session that met it, and none of the
 * others.
 */
export function internalFailure(error: unknown): EndpointFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new EndpointFailure('internal', message, { cause: error });
}
