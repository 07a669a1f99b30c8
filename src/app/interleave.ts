import type { Result } from '../result/schema.ts';
import type { TransportName } from '../transport/index.ts';
import { checkBudget } from './budget.ts';
import { calibrateOnce, type Job, runJob, scriptOf } from './job.ts';
import type { EndpointOptions } from './options/endpoint.ts';
import { checkOpenFiles } from './options/open-files.ts';
import { type BenchmarkOptions, resolveOptions } from './options/resolve.ts';
import type { RunHooks } from './run/hooks.ts';
import type { SideSpec } from './run/side.ts';

/** Two endpoints and how to measure both; the defaults are those of a run, except where it says so. */
export interface InterleaveOptions
  extends Omit<BenchmarkOptions, 'endpoint' | 'mock' | 'transports' | 'aa' | 'ramp'> {
  base: EndpointOptions;
  candidate: EndpointOptions;
  /** @default ['http-keepalive', 'ws'] */
  transports?: readonly TransportName[];
  /** Rounds: each runs every transport on either side once. @default 20, unless a load says how long it goes on */
  iterations?: number;
}

/** The same with who is told of it, and what stops it. */
export interface RunInterleavedOptions extends InterleaveOptions, RunHooks {
  /** Ends the run: what was measured so far comes back, with `run.complete` false. @default never aborted */
  signal?: AbortSignal;
}

/** Both results; they share `run.interleaved`, and their rounds pair up by index. */
export interface InterleavedResults {
  base: Result;
  candidate: Result;
}

/**
 * The results of two endpoints measured in one job: a round runs every transport on both, in one random order, so that
 * drift of this machine and of the network falls on both alike.
 * @throws UsageError for options or a scenario that are no good, RunError if nothing could be measured.
 */
export async function runInterleaved(options: RunInterleavedOptions): Promise<InterleavedResults> {
  const { signal = new AbortController().signal } = options;
  const [base, candidate] = await runJob(await prepareInterleaved(options), options, signal);
  return { base, candidate };
}

/** The defaults of a run that interleaves two endpoints. */
export const interleaveDefaults = {
  transports: ['http-keepalive', 'ws'],
  iterations: 20,
} as const satisfies BenchmarkOptions;

/**
 * The job of two endpoints, read and checked.
 * @throws UsageError for options or a scenario that are no good.
 */
export async function prepareInterleaved({
  base,
  candidate,
  ...common
}: InterleaveOptions): Promise<Job<readonly [SideSpec, SideSpec]>> {
  const { ratePerSecond, stages, durationMs } = common;
  const isTimed = (ratePerSecond ?? stages ?? durationMs) !== undefined;
  const { iterations, ...defaults } = interleaveDefaults;
  const options = { ...defaults, ...(!isTimed && { iterations }), ...common };
  const before = await resolveOptions({ ...options, endpoint: base });
  const after = await resolveOptions({ ...options, endpoint: candidate });
  checkOpenFiles(before);
  const script = await scriptOf(before.scenario, before.seed);
  checkBudget(script, [before, after]);
  return {
    scenario: typeof before.scenario === 'string' ? before.scenario : script.name,
    script,
    sides: [
      { name: 'base', options: before },
      { name: 'candidate', options: after },
    ],
    calibration: calibrateOnce(before),
  };
}
