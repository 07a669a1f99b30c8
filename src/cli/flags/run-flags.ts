import type {
  BenchmarkOptions,
  EndpointOptions,
  MockRunOptions,
} from '../../app/options/resolve.ts';
import { trackSpend } from '../../app/options/spend.ts';
import { UsageError } from '../../errors.ts';
import type { LinkSettings } from '../../network/link.ts';
import { isLinkPresetName, linkPresets, plainLink } from '../../network/link-presets.ts';
import { connectorOf, type TransportName, transports } from '../../transport/index.ts';
import { keyFrom } from './key.ts';
import { certificateBegin, readPem } from './pem.ts';
import { type RecoveryFlags, recoveryOf } from './recovery-flags.ts';
import { type WayFlags, wayOf } from './way-flags.ts';

/** The flags of `run` as commander hands them over. */
export interface RunFlags extends RecoveryFlags, WayFlags {
  url?: string;
  model?: string;
  apiKeyEnv?: string;
  header?: Record<string, string>;
  cacert?: string;
  insecure?: true;
  profile?: string;
  tls: boolean;
  fault?: string[];
  link?: string;
  rtt?: number;
  bandwidth?: number;
  jitter?: number;
  slowStart: boolean;
  transports?: string[];
  iterations?: number;
  until?: number;
  maxRounds?: number;
  maxTime?: number;
  aa?: true;
  warmup?: number;
  concurrency?: number;
  toolTime?: 'recorded' | 'none' | number;
  calibrate: boolean;
  timeout?: number;
  seed?: number;
  dryRun?: true;
  maxRequests?: number;
  maxTokens?: number;
  yes?: true;
  out: string;
  quiet?: true;
  progress: boolean;
}

/**
 * Folds the flags into the options of a run, less its scenario: past here nobody sees flags.
 * @throws UsageError for flags that contradict each other, a key or file that isn't there.
 */
export async function optionsOf(flags: RunFlags): Promise<Omit<BenchmarkOptions, 'scenario'>> {
  rejectMisplaced(flags);
  const { iterations, warmup, concurrency, seed, maxRequests, maxTokens } = flags;
  const link = linkOf(flags);
  return {
    ...(link && { link }),
    ...(flags.transports && { transports: transportsOf(flags.transports, flags) }),
    ...(iterations !== undefined && { iterations }),
    ...(flags.until !== undefined && { until: flags.until }),
    ...(flags.maxRounds !== undefined && { maxRounds: flags.maxRounds }),
    ...(flags.maxTime !== undefined && { maxTimeMs: flags.maxTime }),
    ...(flags.aa && { aa: true }),
    ...(warmup !== undefined && { warmup }),
    ...(concurrency !== undefined && { concurrency }),
    ...(seed !== undefined && { seed }),
    ...(flags.toolTime !== undefined && { toolTime: flags.toolTime }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(flags.url === undefined
      ? { mock: mockOf(flags) }
      : { endpoint: await endpointOf(flags.url, flags) }),
    calibrate: flags.calibrate,
    recovery: recoveryOf(flags),
    ...((maxRequests !== undefined || maxTokens !== undefined) && {
      spend: trackSpend({
        ...(maxRequests !== undefined && { maxRequests }),
        ...(maxTokens !== undefined && { maxTokens }),
      }),
    }),
  };
}

/** A flag that would be ignored is a mistake that nobody would notice. */
function rejectMisplaced(flags: RunFlags): void {
  const given = Object.entries({
    '--model': flags.model,
    '--api-key-env': flags.apiKeyEnv,
    '--header': flags.header,
    '--cacert': flags.cacert,
    '--insecure': flags.insecure,
    '--proxy': flags.proxy,
    '--resolve': flags.resolve,
    '--cert': flags.cert,
    '--key': flags.key,
  });
  if (flags.url === undefined) {
    const [lost] = given.find(([, value]) => value !== undefined) ?? [];
    if (lost !== undefined) {
      throw new UsageError(`${lost}: goes with --url; the bundled mock takes none`);
    }
    return;
  }
  const ofTheMock = { '--profile': flags.profile, '--fault': flags.fault, '--no-tls': !flags.tls };
  const [lost] = Object.entries(ofTheMock).find(([, value]) => value) ?? [];
  if (lost !== undefined) {
    throw new UsageError(`${lost}: a setting of the bundled mock; leave it out with --url`);
  }
}

function mockOf({ tls, profile, fault }: RunFlags): MockRunOptions {
  return {
    tls,
    ...(profile !== undefined && { profile }),
    ...(fault && { fault: fault.join(',') }),
  };
}

/** A preset with what was given beside it; a round-trip time alone makes a link too. */
function linkOf(flags: RunFlags): LinkSettings | undefined {
  const { link: name, rtt, bandwidth, jitter, slowStart } = flags;
  if (name !== undefined && !isLinkPresetName(name)) {
    const known = Object.keys(linkPresets).join(', ');
    throw new UsageError(`--link: expected one of ${known}, got ${JSON.stringify(name)}`);
  }
  if (name === undefined && rtt === undefined) {
    if (bandwidth === undefined && jitter === undefined && slowStart) return undefined;
    throw new UsageError('--bandwidth, --jitter and --no-slow-start go with --link or --rtt');
  }
  return {
    ...(name === undefined ? plainLink(rtt ?? 0) : linkPresets[name]),
    ...(rtt !== undefined && { rttMs: rtt }),
    ...(bandwidth !== undefined && { bandwidthBitsPerSecond: bandwidth }),
    ...(jitter !== undefined && { jitterMs: jitter }),
    slowStart,
  };
}

function transportsOf(names: readonly string[], { url, tls }: RunFlags): TransportName[] {
  // Names are checked where all options are.
  if (names.length !== 1 || names[0] !== 'all') return names as TransportName[];
  const all = Object.keys(transports) as TransportName[];
  const secure = url === undefined ? tls : url.startsWith('https:');
  return all.filter((name) => secure || !connectorOf(name).needsTls);
}

async function endpointOf(url: string, flags: RunFlags): Promise<EndpointOptions> {
  const apiKey = keyOf(flags.apiKeyEnv);
  return {
    url,
    ...(flags.model !== undefined && { model: flags.model }),
    ...(apiKey !== undefined && { apiKey }),
    ...(flags.header && { headers: flags.header }),
    ...(flags.cacert !== undefined && {
      ca: await readPem('--cacert', flags.cacert, 'certificates', certificateBegin),
    }),
    ...(flags.insecure && { insecure: true }),
    ...(await wayOf(flags)),
  };
}

function keyOf(variable: string | undefined): string | undefined {
  if (variable !== undefined) return keyFrom(variable);
  // Servers on the own machine want no key; only a variable asked for by name must be there.
  const key = process.env['OPENAI_API_KEY'];
  return key === '' ? undefined : key;
}
