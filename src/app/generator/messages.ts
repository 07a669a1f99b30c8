import type { OmittableField } from '../../runner/request/shape.ts';
import type { SessionEnded } from '../../runner/session.ts';
import type { SpendLimits } from '../options/spend.ts';
import type { OnStep, SessionOrder } from './generator.ts';
import type { LoadPlan } from './plan.ts';
import type { NoiseRecord } from './pool-noise.ts';

/** What a worker thread is started with. */
export interface WorkerData {
  plan: LoadPlan;
  /** The count of what was spent, shared by all threads. */
  spend: { limits: SpendLimits; memory: SharedArrayBuffer } | undefined;
}

/** What the main thread tells a worker. */
export type ToWorker =
  | { kind: 'run'; id: number; order: SessionOrder }
  /** The run is called off: sessions under way end as they are. */
  | { kind: 'abort' }
  /** No further session comes. */
  | { kind: 'stop' };

/** What a worker tells the main thread. */
export type FromWorker =
  /** It is loaded, and runs what it is told. */
  | { kind: 'ready' }
  /** Steps that ended since it last said so, in their order. */
  | { kind: 'steps'; steps: readonly StepEnded[] }
  /** A session ended; all of its steps were told before. */
  | { kind: 'ended'; id: number; ended: SessionEnded; refused: OmittableField[] }
  /** A limit is reached: the run is to end. */
  | { kind: 'limit' }
  /** The answer to `stop`. */
  | { kind: 'stopped'; noise: NoiseRecord | undefined };

/** A step of a session that was ordered under this id. */
export type StepEnded = readonly [id: number, state: Parameters<OnStep>[0]];
