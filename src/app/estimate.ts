import { UsageError } from '../errors.ts';
import { type Conditions, type Estimate, estimator } from '../estimate/estimate.ts';
import { type Requirement, requirements } from '../estimate/requirements.ts';
import type { Profile } from '../mock/profile/schema.ts';
import type { Script } from '../scenario/script.ts';
import type { TransportName } from '../transport/index.ts';
import { scriptOf } from './job.ts';
import { type BenchmarkOptions, type MockRunOptions, resolveOptions } from './options/resolve.ts';
import { toolTimeFactor } from './options/tool-time.ts';

/** The options of an estimate: those of a run against the bundled mock that decide how long a workflow takes. */
export type EstimateOptions = Pick<
  BenchmarkOptions,
  'scenario' | 'transports' | 'link' | 'toolTime' | 'seed'
> & {
  mock?: Omit<MockRunOptions, 'fault'>;
  /** So many workflows share the server; goes with a profile that has decode slots. @default 1 */
  sessions?: number;
};

/** What is to be estimated, checked and expanded. */
export interface EstimateSpec {
  script: Script;
  transports: readonly TransportName[];
  conditions: Conditions;
}

/**
 * The time that a scenario would take over every transport against the bundled mock, reckoned: no socket is opened.
 * @throws UsageError for options or a scenario that are no good.
 */
export async function estimate(options: EstimateOptions = {}): Promise<Estimate> {
  const { script, transports, conditions } = await specifyEstimate(options);
  return estimator(script, transports, conditions.profile)(conditions);
}

/**
 * The options of an estimate, checked, and its scenario with every byte decided.
 * @throws UsageError for options or a scenario that are no good.
 */
export async function specifyEstimate(options: EstimateOptions): Promise<EstimateSpec> {
  const { target, link, toolTime, seed, scenario, transports } = await resolveOptions(options);
  if (target.kind !== 'mock') throw new Error('an estimate is of the bundled mock');
  const { profile, tls } = target;
  const { sessions = 1 } = options;
  checkSessions(sessions, profile);
  return {
    script: await scriptOf(scenario, seed),
    transports,
    conditions: { profile, link, tls, toolTimeFactor: toolTimeFactor(toolTime), seed, sessions },
  };
}

/**
 * What would have to be true for WebSocket to be faster by `target` than the first transport, and than HTTP that keeps its
 * connection. Where it isn't among the transports, the last one takes its place.
 * @param target a share: 0.4 is 40 %
 * @throws UsageError for options or a scenario that are no good.
 */
export async function estimateRequirements(
  options: EstimateOptions,
  target: number,
): Promise<Requirement[]> {
  const plan = await specifyEstimate(options);
  const candidate = plan.transports.find((name) => name === 'ws') ?? plan.transports.at(-1);
  const bases = plan.transports.filter((name, index) => index === 0 || name === 'http-keepalive');
  const pairs = bases.filter((base) => base !== candidate);
  if (candidate === undefined || pairs.length === 0) {
    throw new UsageError(
      `target: expected at least two transports to compare, got ${plan.transports.join(',')} alone`,
    );
  }
  return pairs.flatMap((base) => requirements(plan, base, candidate, target));
}

/** Without places to wait for, every session would be as if it were alone. */
function checkSessions(sessions: number, profile: Profile): void {
  if (!Number.isInteger(sessions) || sessions < 1) {
    throw new UsageError(`sessions: expected a whole number from 1 on, got ${sessions}`);
  }
  if (sessions === 1 || typeof profile.queue?.decodeSlots === 'number') return;
  throw new UsageError(
    `sessions: expected a profile with queue.decodeSlots, which ${profile.name} doesn’t have: any number would take as long as one`,
  );
}
