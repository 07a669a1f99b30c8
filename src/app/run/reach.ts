import type { SessionFailure } from '../../runner/session.ts';

/** A watch for an endpoint that is out of reach, so that a run need not fail a hundred times to say so. */
export interface Reach {
  /** A session over that transport begins. */
  begin(transport: string): SessionReach;
  /** The first failure of all. */
  readonly failure: SessionFailure | undefined;
}

/** The finding of one session. */
interface SessionReach {
  /** A step of it completed. */
  answered(): void;
  /**
   * It ended. True once every transport has failed, and so have all sessions that were under way at the first failure:
   * the quickest to fail must not speak for those that still wait for their first answer.
   */
  lost(failure: SessionFailure | undefined): boolean;
}

/** A watch over the given transports. */
export function watchReach(names: readonly string[]): Reach {
  const failed = new Set<string>();
  const underWay = new Set<SessionReach>();
  let awaited: Set<SessionReach> | undefined;
  let reached = false;
  let first: SessionFailure | undefined;
  return {
    begin(transport) {
      const session: SessionReach = {
        answered() {
          reached = true;
        },
        lost(failure) {
          if (failure) {
            failed.add(transport);
            first ??= failure;
            awaited ??= new Set(underWay);
          }
          underWay.delete(session);
          awaited?.delete(session);
          return !reached && failed.size === names.length && awaited?.size === 0;
        },
      };
      underWay.add(session);
      return session;
    },
    get failure() {
      return first;
    },
  };
}
