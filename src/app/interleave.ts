import type { Result } from '../result/schema.ts';
import { expandScenario } from '../scenario/expand.ts';
import { loadScenario } from '../scenario/load.ts';
import type { TransportName } from '../transport/index.ts';
import { calibrateUnlessStopped } from './calibrate/calibrate.ts';
import {
  type BenchmarkOptions,
  type EndpointOptions,
  type ResolvedOptions,
  resolveOptions,
} from './options/resolve.ts';
import { type OpenTarget, openTarget } from './run/endpoint.ts';
import { measureSides, type RunHooks } from './run/measure.ts';

/** Two endpoints and how to measure both; the defaults are those of a run, except where it says so. */
export interface InterleaveOptions
  extends Omit<BenchmarkOptions, 'endpoint' | 'mock' | 'transports' | 'aa'> {
  base: EndpointOptions;
  candidate: EndpointOptions;
  /** @default ['http-keepalive', 'ws'] */
  transports?: readonly TransportName[];
  /** Rounds: each runs every transport on either side once. @default 20 */
  iterations?: number;
}

/** Where two endpoints are interleaved, a run does this by default. */
export const interleaveDefaults = {
  transports: ['http-keepalive', 'ws'],
  iterations: 20,
} as const satisfies BenchmarkOptions;

/** Both results; they share `run.interleaved`, and their rounds pair up by index. */
export interface InterleavedResults {
  base: Result;
  candidate: Result;
}

/**
 * Measures two endpoints in one job: a round runs every transport on both, in one random order, so that drift of this
 * machine and of the network falls on both alike.
 *
 * When `signal` aborts, what was measured so far comes back, with `run.complete` false.
 * @throws UsageError for options or a scenario that are no good, RunError if nothing could be measured.
 */
export async function runInterleaved(
  { base, candidate, ...common }: InterleaveOptions,
  hooks: RunHooks = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<InterleavedResults> {
  const sideOf = (endpoint: EndpointOptions): Promise<ResolvedOptions> =>
    resolveOptions({ ...interleaveDefaults, ...common, endpoint });
  const before = await sideOf(base);
  const after = await sideOf(candidate);
  const script = expandScenario(await loadScenario(before.scenario), before.seed);
  const opened: OpenTarget[] = [];
  const open = async (options: ResolvedOptions): Promise<OpenTarget> => {
    const target = await openTarget(options, script, signal);
    opened.push(target);
    return target;
  };
  try {
    const sides = [
      { name: 'base', options: before, opened: await open(before) },
      { name: 'candidate', options: after, opened: await open(after) },
    ] as const;
    const calibration = before.calibrate ? await calibrateUnlessStopped(signal) : null;
    const results = await measureSides(sides, script, calibration, hooks, signal);
    const [baseResult, candidateResult] = results;
    if (baseResult === undefined || candidateResult === undefined) {
      throw new Error('a side without a result');
    }
    return { base: baseResult, candidate: candidateResult };
  } finally {
    await Promise.all(opened.map((target) => target.close()));
  }
}
