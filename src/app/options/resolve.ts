import { availableParallelism } from 'node:os';
import { UsageError } from '../../errors.ts';
import { type FaultRule, parseFaults, spellOutFaults } from '../../mock/fault/spec.ts';
import { parseCacheOff } from '../../mock/profile/cache-off.ts';
import { loadProfile } from '../../mock/profile/load.ts';
import type { Profile } from '../../mock/profile/schema.ts';
import type { CacheKind } from '../../mock/profile/stages.ts';
import { checkLinkSettings, type LinkSettings } from '../../network/link.ts';
import { type LinkPresetName, linkPresets } from '../../network/link-presets.ts';
import type { Script } from '../../scenario/script.ts';
import {
  connectorOf,
  isTransportName,
  type TransportName,
  transports,
} from '../../transport/index.ts';
import { checkEndpoint, type EndpointOptions, type UrlTarget } from './endpoint.ts';
import { type Load, type LoadOptions, resolveLoad } from './load.ts';
import { type PlainOptions, type ResolvedPlain, resolvePlain } from './plain.ts';
import { type RecoveryOptions, type ResolvedRecovery, resolveRecovery } from './recovery.ts';
import { type RequestOptions, type ResolvedRequest, resolveRequest } from './request.ts';
import { endpointSettings } from './settings/endpoint.ts';
import { measureSettings } from './settings/measure.ts';
import type { ProviderName } from './settings/providers.ts';
import { roundSettings } from './settings/rounds.ts';
import { checkShard, type Shard } from './shard.ts';
import type { Spend } from './spend.ts';
import type { StopOptions, StopRule } from './stop.ts';
import { supportedBy, type UnsupportedTransport } from './unsupported.ts';

/**
 * The options of a measurement; everything has a default: the bundled scenario `coding-agent` against the bundled mock
 * server.
 */
export interface BenchmarkOptions
  extends LoadOptions,
    StopOptions,
    PlainOptions<typeof measureSettings> {
  /** Name of a bundled scenario, path of a YAML or JSON file, or a script. @default 'coding-agent' */
  scenario?: string | Script;
  /** The first is the base of the comparison. @default ['http', 'http-keepalive', 'ws'] */
  transports?: readonly TransportName[];
  /**
   * Runs the base twice in every round: its own comparison with itself shows what no difference looks like. @default
   * false
   */
  aa?: boolean;
  /** Rounds before them that are not measured. @default 1 */
  warmup?: number;
  /**
   * Rounds in flight at once; with a rate, sessions open at once at most. @default 10 against the bundled mock, 1 against an
   * endpoint; with a rate 1000, or as many as the system lets this process open
   */
  concurrency?: number;
  /** Threads that the sessions are spread over; `'auto'`: as many as there are processors for them. @default 1 */
  workers?: number | 'auto';
  /** Decides every byte of the scenario and the order of the transports. @default 1 */
  seed?: number;
  /** This machine's part of a run on several: other rounds and draws than the other parts. @default the whole run */
  shard?: Shard;
  /** Scripted tool times as they are, not at all, or multiplied. @default 'recorded' */
  toolTime?: 'recorded' | 'none' | number;
  /** An emulated link on top of the real path: a preset's name, or its settings. @default none */
  link?: LinkPresetName | LinkSettings;
  /** How long a step may take. @default 60000 */
  timeoutMs?: number;
  /** The endpoint to measure; without it the bundled mock is started. */
  endpoint?: EndpointOptions;
  /** The bundled mock, where no endpoint is given. */
  mock?: MockRunOptions;
  /** What requests carry. @default all that the script says */
  request?: RequestOptions;
  /** What a session does when something fails. */
  recovery?: RecoveryOptions;
  /** Measure our own error first, which takes a second or two. @default true */
  calibrate?: boolean;
  /** Hard stops, possibly shared by several runs. @default no limit */
  spend?: Spend;
}

export interface MockRunOptions {
  /** Name of a bundled latency profile, path of a YAML or JSON file, or a profile. @default 'fast' */
  profile?: string | Profile;
  /** What its connections don't hold of their responses: `['all']`, or some kinds. @default what the profile says */
  cacheOff?: readonly string[];
  /** @default true */
  tls?: boolean;
  /** What goes wrong there, such as `429:2s@0.1,close:1011@event5` or `flaky`; drawn from the seed. @default nothing */
  fault?: string;
}

/** What goes wrong at the mock, in full words and as the mock takes it. */
interface FaultSetup {
  spec: string;
  rules: readonly FaultRule[];
}

/** The options with every default filled in and every value checked. */
export interface ResolvedOptions extends ResolvedPlain<typeof measureSettings> {
  scenario: string | Script;
  transports: readonly TransportName[];
  /** Those that were asked for and that the provider has no way to carry. */
  unsupported: readonly UnsupportedTransport[];
  /** Measured rounds, at most that many where `stop` ends them sooner. */
  iterations: number;
  stop: StopRule | undefined;
  /** Absent: rounds, as many at once as `concurrency`. */
  load: Load | undefined;
  concurrency: number;
  workers: number;
  shard: Shard | undefined;
  target:
    | {
        kind: 'mock';
        profile: Profile;
        cacheOff: readonly CacheKind[];
        tls: boolean;
        fault: FaultSetup | undefined;
      }
    | UrlTarget;
  link: LinkSettings | undefined;
  request: ResolvedRequest;
  recovery: ResolvedRecovery;
  spend: Spend | undefined;
}

/**
 * The options of a measurement with defaults filled in, every value checked.
 * @throws UsageError for the first value that is no good.
 */
export async function resolveOptions(options: BenchmarkOptions): Promise<ResolvedOptions> {
  const target = await checkTarget(options);
  const plain = resolvePlain(measureSettings, options);
  const names = options.transports ?? roundSettings.transports.default.run.split(',');
  const supported = supportedBy(providerOf(target), checkTransports(names, target));
  const shard = options.shard && checkShard(options.shard);
  const load = resolveLoad(options, { ...plain, ...supported, shard });
  const concurrency = load.concurrency ?? (target.kind === 'url' ? 1 : 10);
  return {
    ...plain,
    ...supported,
    ...load,
    scenario: options.scenario ?? endpointSettings.scenario.default,
    concurrency,
    workers: plain.workers === 'auto' ? autoWorkers(target.kind, concurrency) : plain.workers,
    target,
    shard,
    link: checkLink(options.link),
    request: resolveRequest(options.request),
    recovery: resolveRecovery(options.recovery),
    spend: options.spend,
  };
}

/** A processor is left to the bundled mock, and no worker is without a session. */
function autoWorkers(kind: ResolvedOptions['target']['kind'], concurrency: number): number {
  const free = availableParallelism() - (kind === 'mock' ? 1 : 0);
  return Math.max(1, Math.min(free, concurrency));
}

function providerOf(target: ResolvedOptions['target']): ProviderName | undefined {
  return target.kind === 'url' ? target.options.provider : undefined;
}

async function checkTarget({
  endpoint,
  mock,
}: BenchmarkOptions): Promise<ResolvedOptions['target']> {
  if (endpoint === undefined) {
    return {
      kind: 'mock',
      profile: await loadProfile(mock?.profile ?? endpointSettings.profile.default),
      cacheOff: parseCacheOff(mock?.cacheOff ?? [], 'cache off'),
      tls: mock?.tls ?? true,
      fault: mock?.fault === undefined ? undefined : checkFault(mock.fault),
    };
  }
  if (mock === undefined) return checkEndpoint(endpoint);
  throw new UsageError('expected an endpoint or options for the bundled mock, got both');
}

function checkFault(spec: string): FaultSetup {
  return { spec: spellOutFaults(spec), rules: parseFaults(spec, 'fault') };
}

function checkTransports(
  names: readonly string[],
  target: ResolvedOptions['target'],
): readonly TransportName[] {
  const known = Object.keys(transports).join(', ');
  for (const name of names) {
    if (!isTransportName(name)) {
      throw new UsageError(`transports: expected some of ${known}, got ${JSON.stringify(name)}`);
    }
  }
  if (names.length === 0) throw new UsageError(`transports: expected some of ${known}, got none`);
  if (new Set(names).size < names.length) {
    throw new UsageError(`transports: expected each once, got ${names.join(',')}`);
  }
  const secure = target.kind === 'mock' ? target.tls : target.url.protocol === 'https:';
  const barred = secure
    ? undefined
    : names.find((name) => connectorOf(name as TransportName).needsTls);
  if (barred !== undefined) {
    throw new UsageError(
      `transports: ${barred} needs TLS, which this endpoint does without; leave it out`,
    );
  }
  return names as readonly TransportName[];
}

function checkLink(link: BenchmarkOptions['link']): LinkSettings | undefined {
  const settings = typeof link === 'string' ? linkPresets[link] : link;
  if (settings) checkLinkSettings(settings);
  return settings;
}
