import { UsageError } from '../../errors.ts';
import { type TransportName, transports } from '../../transport/index.ts';
import { type ProviderName, providers, whyUnsupported } from './settings/providers.ts';

/** A transport that does not run, and why. */
export interface UnsupportedTransport {
  transport: TransportName;
  why: string;
}

/**
 * The transports that a provider has a way to carry, and the others: they aren't run, and aren't failures either.
 * @throws UsageError if none is left.
 */
export function supportedBy(
  provider: ProviderName | undefined,
  names: readonly TransportName[],
): { transports: readonly TransportName[]; unsupported: readonly UnsupportedTransport[] } {
  if (provider === undefined) return { transports: names, unsupported: [] };
  const unsupported = names.flatMap((transport) => {
    const why = whyUnsupported(providers[provider], transports[transport]);
    return why === undefined ? [] : [{ transport, why }];
  });
  const left = names.filter((name) => !unsupported.some(({ transport }) => transport === name));
  if (left.length > 0) return { transports: left, unsupported };
  const reasons = unsupported.map(({ transport, why }) => `${transport} (${why})`).join(', ');
  throw new UsageError(`transports: expected some that ${provider} supports, got ${reasons}`);
}
