import type { OmittableField } from '../../runner/request/shape.ts';
import type { Slot } from '../../runner/schedule.ts';
import type { SessionEnded } from '../../runner/session.ts';
import type { ExchangeOutcome } from '../../runner/step/exchange.ts';
import type { Spend } from '../options/spend.ts';
import type { NoiseRecord } from './pool-noise.ts';

/** A session that is to run: of which arm of the plan, and where in the run. Plain data. */
export type SessionOrder = Slot<number>;

/** What makes the load of a run: its sessions, in this thread or on worker threads. */
export interface Generator {
  /**
   * Runs a session to its end, which holds nothing that was sent to the endpoint as a secret. Never throws: what becomes
   * of the session is in its record.
   * @param onStep a step of it ended
   */
  runSession(order: SessionOrder, onStep: OnStep): Promise<SessionEnded>;
  /** What requests to a side go without because its endpoint refused it. */
  refused(side: number): ReadonlySet<OmittableField>;
  /** Ends it; resolves to what disturbed it, undefined where none of its threads can say. */
  stop(): Promise<NoiseRecord | undefined>;
}

export type OnStep = (state: ExchangeOutcome['state']) => void;

/** What a generator needs of the run that it works for. */
export interface GeneratorHost {
  spend: Spend | undefined;
  /** Ends the run: a limit is reached. */
  end: () => void;
  signal: AbortSignal;
}
