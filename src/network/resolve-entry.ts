import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { UsageError } from '../errors.ts';

/** A pin of `--resolve`: whoever connects to this name and port connects to these addresses, and looks nothing up. */
export interface ResolveEntry {
  host: string;
  port: number;
  addresses: readonly LookupAddress[];
}

/**
 * The entry that a text such as `api.example:443:127.0.0.1` or `api.example:443:[::1],10.0.0.1` spells, as curl has it.
 * @throws UsageError if it is no such text.
 */
export function parseResolveEntry(text: string): ResolveEntry {
  const complaint = `resolve: expected host:port:address, such as api.example:443:127.0.0.1, got ${JSON.stringify(text)}`;
  const [, host, digits, list] = /^([^:,[\]\s]+):(\d{1,5}):(\S+)$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === undefined || list === undefined || port < 1 || port > 65_535) {
    throw new UsageError(complaint);
  }
  if (isIP(host) !== 0) {
    throw new UsageError(`${complaint}; an address needs no resolving: its host is to be a name`);
  }
  const addresses = list.split(',').map((each) => {
    const address = each.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(address);
    if (family === 0) throw new UsageError(complaint);
    return { address, family };
  });
  return { host: host.toLowerCase(), port, addresses };
}

/** The addresses of the last entry for a host and port; undefined where there is none. */
export function addressesFor(
  { host, port }: { host: string; port: number },
  entries: readonly ResolveEntry[],
): readonly LookupAddress[] | undefined {
  return entries.findLast((entry) => entry.host === host.toLowerCase() && entry.port === port)
    ?.addresses;
}
