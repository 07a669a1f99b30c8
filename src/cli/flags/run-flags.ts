import type { EndpointOptions } from '../../app/options/endpoint.ts';
import { plainOptions } from '../../app/options/plain.ts';
import type { BenchmarkOptions, MockRunOptions } from '../../app/options/resolve.ts';
import { costSettings } from '../../app/options/settings/cost.ts';
import type { FlagsOf } from '../../app/options/settings/index.ts';
import { loadSettings } from '../../app/options/settings/load.ts';
import { measureSettings } from '../../app/options/settings/measure.ts';
import { providers } from '../../app/options/settings/providers.ts';
import { recoverySettings } from '../../app/options/settings/recovery.ts';
import { requestSettings } from '../../app/options/settings/request.ts';
import { roundSettings } from '../../app/options/settings/rounds.ts';
import { readShard } from '../../app/options/shard.ts';
import { trackSpend } from '../../app/options/spend.ts';
import { UsageError } from '../../errors.ts';
import type { LinkSettings } from '../../network/link.ts';
import { isLinkPresetName, linkPresets, plainLink } from '../../network/link-presets.ts';
import { connectorOf, type TransportName, transports } from '../../transport/index.ts';
import { keyFrom } from './key.ts';
import { certificateBegin, readPem } from './pem.ts';
import { wayOf } from './way-flags.ts';

/** The flags of `run` as commander hands them over. */
export type RunFlags = FlagsOf<'run'>;

/**
 * The options of a run, less its scenario, from its flags: past here nobody sees flags.
 * @throws UsageError for flags that contradict each other, a key or file that isn't there.
 */
export async function optionsOf(flags: RunFlags): Promise<Omit<BenchmarkOptions, 'scenario'>> {
  rejectMisplaced(flags);
  const link = linkOf(flags);
  const limits = plainOptions(costSettings, flags);
  return {
    ...plainOptions(roundSettings, flags),
    ...plainOptions(loadSettings, flags),
    ...plainOptions(measureSettings, flags),
    ...(link && { link }),
    ...(flags.shard !== undefined && { shard: readShard(flags.shard, process.env) }),
    ...(flags.transports && { transports: transportsOf(flags.transports, flags) }),
    ...(isMock(flags) ? { mock: mockOf(flags) } : { endpoint: await endpointOf(flags) }),
    request: plainOptions(requestSettings, flags),
    recovery: plainOptions(recoverySettings, flags),
    ...(Object.keys(limits).length > 0 && { spend: trackSpend(limits) }),
  };
}

function isMock({ url, provider }: Pick<RunFlags, 'url' | 'provider'>): boolean {
  return url === undefined && provider === undefined;
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
  if (isMock(flags)) {
    const [lost] = given.find(([, value]) => value !== undefined) ?? [];
    if (lost !== undefined) {
      throw new UsageError(`${lost}: goes with --url; the bundled mock takes none`);
    }
    return;
  }
  const ofTheMock = {
    '--profile': flags.profile,
    '--cache-off': flags.cacheOff,
    '--fault': flags.fault,
    '--no-tls': !flags.tls,
  };
  const [lost] = Object.entries(ofTheMock).find(([, value]) => value) ?? [];
  if (lost !== undefined) {
    throw new UsageError(`${lost}: a setting of the bundled mock; leave it out with --url`);
  }
}

function mockOf({ tls, profile, cacheOff, fault }: RunFlags): MockRunOptions {
  return {
    tls,
    ...(profile !== undefined && { profile }),
    ...(cacheOff && { cacheOff }),
    ...(fault && { fault: fault.join(',') }),
  };
}

/** The flags of the emulated link. */
export type LinkFlags = Pick<
  RunFlags,
  'link' | 'rtt' | 'bandwidth' | 'jitter' | 'slowStart' | 'idleRestart' | 'linkCut'
>;

/** A preset with what was given beside it; a round-trip time alone makes a link too. */
export function linkOf(flags: LinkFlags): LinkSettings | undefined {
  const { link: name, rtt, bandwidth, jitter, slowStart, idleRestart, linkCut } = flags;
  if (name !== undefined && !isLinkPresetName(name)) {
    const known = Object.keys(linkPresets).join(', ');
    throw new UsageError(`--link: expected one of ${known}, got ${JSON.stringify(name)}`);
  }
  if (name === undefined && rtt === undefined && linkCut === undefined) {
    if (bandwidth === undefined && jitter === undefined && slowStart && idleRestart) {
      return undefined;
    }
    throw new UsageError(
      '--bandwidth, --jitter, --no-slow-start and --no-idle-restart go with --link, --rtt or --link-cut',
    );
  }
  return {
    ...(name === undefined ? plainLink(rtt ?? 0) : linkPresets[name]),
    ...(rtt !== undefined && { rttMs: rtt }),
    ...(bandwidth !== undefined && { bandwidthBitsPerSecond: bandwidth }),
    ...(jitter !== undefined && { jitterMs: jitter }),
    slowStart,
    ...(!idleRestart && { idleRestart: false as const }),
    ...(linkCut !== undefined && { cutIdleMs: linkCut }),
  };
}

export function transportsOf(
  names: readonly string[],
  flags: Pick<RunFlags, 'url' | 'provider' | 'tls'>,
): TransportName[] {
  // Names are checked where all options are.
  if (names.length !== 1 || names[0] !== 'all') return names as TransportName[];
  const all = Object.keys(transports) as TransportName[];
  const secure = isMock(flags) ? flags.tls : flags.url?.startsWith('https:') !== false;
  return all.filter((name) => secure || !connectorOf(name).needsTls);
}

/**
 * The options of one endpoint from its flags; the key is read from its variable.
 * @throws UsageError for a key or file that isn't there
 */
export async function endpointOf(
  flags: FlagsOf<'doctor'> & Pick<RunFlags, 'url'>,
): Promise<EndpointOptions> {
  const { url, provider } = flags;
  const apiKey = keyOf(flags.apiKeyEnv, provider);
  return {
    ...(url !== undefined && { url }),
    ...(provider !== undefined && { provider }),
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

function keyOf(variable: string | undefined, provider: RunFlags['provider']): string | undefined {
  if (variable !== undefined) return keyFrom(variable);
  // Servers on the own machine want no key; only a variable asked for by name must be there.
  const key = process.env[providers[provider ?? 'openai'].keyVariable];
  return key === '' ? undefined : key;
}
