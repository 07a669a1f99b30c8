import { randomUUID } from 'node:crypto';
import { formatThreshold } from '../../compare/gate/thresholds.ts';
import { proxyUrl } from '../../network/proxy.ts';
import type { MockDescription } from '../../protocol/mock-identity.ts';
import { readEnvironment } from '../../result/environment.ts';
import type { JournalHeader } from '../../result/journal.ts';
import type { LoadRecord } from '../../result/load/schema.ts';
import type { Calibration, ProfileRecord, RunOptionsRecord } from '../../result/schema.ts';
import type { Script } from '../../scenario/script.ts';
import { modelCallsOf } from '../../scenario/sub-agents.ts';
import { toolVersion } from '../../tool-version.ts';
import type { Load } from '../options/load.ts';
import type { ResolvedOptions } from '../options/resolve.ts';
import type { OpenSide } from './side.ts';

/** What the sides of a run have in common. */
interface BegunRun {
  script: Script;
  startedAt: Date;
  /** Shared by the results of two sides. */
  interleaved: string | undefined;
  calibration: Calibration | null;
}

/** The facts of one side of a run that are known before its first round: the head of its journal and of its result. */
export function describeRun(
  { options, opened: { endpoint, model, redirects, mock } }: OpenSide,
  { script, startedAt, interleaved, calibration }: BegunRun,
): JournalHeader {
  const { target } = options;
  return {
    toolVersion: toolVersion(),
    run: {
      id: randomUUID(),
      startedAt: startedAt.toISOString(),
      seed: options.seed,
      ...(options.shard && { shard: options.shard }),
      ...(interleaved !== undefined && { interleaved }),
      options: optionsRecord(options, model),
      scenario: { name: script.name, sha256: script.sha256, steps: modelCallsOf(script) },
      endpoint: {
        kind: target.kind,
        // A query may hold a key.
        url: `${endpoint.baseUrl.origin}${endpoint.baseUrl.pathname}`,
        ...(target.kind === 'mock' ? simulatedBy(target) : saidBy(mock)),
        link: options.link ?? null,
        ...(target.kind === 'url' &&
          target.options.provider && { provider: target.options.provider }),
        ...(redirects > 0 && { redirects }),
        ...(endpoint.way?.proxy && { proxy: proxyUrl(endpoint.way.proxy) }),
      },
    },
    environment: readEnvironment(),
    calibration,
  };
}

type Simulated = Pick<JournalHeader['run']['endpoint'], 'profile' | 'cacheOff' | 'fault' | 'mock'>;

/** What the bundled mock was told to be. */
function simulatedBy({
  profile,
  cacheOff,
  fault,
}: Extract<ResolvedOptions['target'], { kind: 'mock' }>): Simulated {
  return {
    profile,
    ...(cacheOff.length > 0 && { cacheOff: [...cacheOff] }),
    ...(fault && { fault: fault.spec }),
  };
}

/** What a mock of ours that runs elsewhere says that it is. */
function saidBy(mock: MockDescription | undefined): Simulated {
  if (mock === undefined) return { profile: null };
  const { version, seed, profile, cacheOff, fault } = mock;
  return {
    profile: profile as ProfileRecord,
    ...(cacheOff.length > 0 && { cacheOff: [...cacheOff] }),
    ...(fault !== undefined && { fault }),
    mock: { version, seed },
  };
}

function optionsRecord(options: ResolvedOptions, model: string): RunOptionsRecord {
  const { target } = options;
  return {
    transports: [...options.transports],
    iterations: options.iterations,
    warmup: options.warmup,
    concurrency: options.concurrency,
    ...(options.workers > 1 && { workers: options.workers }),
    timeoutMs: options.timeoutMs,
    toolTime: options.toolTime,
    recovery: options.recovery,
    ...(target.kind === 'url' && { model, insecure: target.options.insecure ?? false }),
    ...(options.request.toolChoice !== 'named' && { toolChoice: options.request.toolChoice }),
    ...(options.request.cacheKey !== 'none' && { cacheKey: options.request.cacheKey }),
    ...(options.request.omit.length > 0 && { omit: [...options.request.omit] }),
    ...(options.unsupported.length > 0 && { unsupported: [...options.unsupported] }),
    ...options.spend?.limits,
    ...(options.load && { load: loadRecord(options.load) }),
    ...(options.aa && { aa: true }),
  };
}

function loadRecord(load: Load): LoadRecord {
  const timeOf = (us: number): number | null => (us === Infinity ? null : us / 1000);
  if (load.by === 'sessions') {
    const stages = load.stages.map(({ durationUs, target }) => ({
      durationMs: timeOf(durationUs),
      sessions: target,
    }));
    return { by: load.by, stages };
  }
  const stages = load.stages.map(({ durationUs, target }) => ({
    durationMs: timeOf(durationUs),
    perSecond: target,
  }));
  const { by, arrival, windowUs, goodWithin, ramp } = load;
  return {
    ...{ by, arrival, stages, windowMs: windowUs / 1000 },
    ...(goodWithin.length > 0 && { goodWithin: goodWithin.map(formatThreshold) }),
    ...(ramp && { ramp }),
  };
}
