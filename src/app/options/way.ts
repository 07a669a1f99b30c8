import { UsageError } from '../../errors.ts';
import { hostOf, portOf } from '../../network/host.ts';
import { authority, type Proxy, parseProxy } from '../../network/proxy.ts';
import { proxyFromEnvironment } from '../../network/proxy-environment.ts';
import { addressesFor, parseResolveEntry, type ResolveEntry } from '../../network/resolve-entry.ts';
import type { Identity } from '../../network/trust.ts';
import type { Way } from '../../transport/transport.ts';
import { checkIdentity } from './identity.ts';

/** The way to wherever the endpoint turns out to be. */
export type WayTo = (url: URL) => Way;

/** What a user says of the way. */
interface WayOptions {
  ca?: string;
  identity?: Identity;
  proxy?: string;
  resolve?: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ways to the endpoint at `url`, and to those that it may send us on to. A proxy that is named goes before what the
 * environment says, `NO_PROXY` included; the certificate is for the endpoint's own origin.
 * @throws UsageError for what is no proxy, address or certificate, or would be left unused.
 */
export function waysFrom(
  url: URL,
  options: WayOptions,
  environment: Environment = process.env,
): WayTo {
  const { identity, resolve = [] } = options;
  if (identity) {
    if (url.protocol !== 'https:') {
      throw new UsageError(`cert: shown over TLS only, which ${url.origin} does without`);
    }
    checkIdentity(identity);
  }
  const entries = resolve.map(parseResolveEntry);
  rejectUnused(entries, dialledFor(url, proxyTo(url, options, environment)));
  return (to) => {
    const proxy = proxyTo(to, options, environment);
    const addresses = addressesFor(dialledFor(to, proxy), entries);
    return {
      ...(proxy && { proxy: { ...proxy, ...(addresses && { addresses }) } }),
      ...(!proxy && addresses && { addresses }),
      ...(identity && to.origin === url.origin && { identity }),
    };
  };
}

function proxyTo(url: URL, { proxy, ca }: WayOptions, environment: Environment): Proxy | undefined {
  if (proxy === 'none') return undefined;
  if (proxy !== undefined) return parseProxy(proxy, 'proxy', ca);
  const named = proxyFromEnvironment(url, environment);
  return named && parseProxy(named.text, named.variable, ca);
}

/** Whom a connection is opened to. */
interface Dialled {
  host: string;
  port: number;
}

function dialledFor(url: URL, proxy: Proxy | undefined): Dialled {
  return proxy ?? { host: hostOf(url.hostname), port: portOf(url) };
}

function rejectUnused(entries: readonly ResolveEntry[], dialled: Dialled): void {
  const stranger = entries.find((entry) => addressesFor(dialled, [entry]) === undefined);
  if (stranger === undefined) return;
  throw new UsageError(
    `resolve: expected ${authority(dialled.host, dialled.port)}, which is all that is connected to, got ${authority(stranger.host, stranger.port)}`,
  );
}
