import { BlockList, isIP } from 'node:net';

/**
 * Whether a list as `NO_PROXY` holds it exempts a host. Entries stand between commas or blanks: `*` for all, a name for
 * itself and all names below it (a dot or `*.` before it changes nothing), an address, a block of addresses such as
 * `10.0.0.0/8` or `fd00::/8`; each but `*` with a port if only that is meant. An entry that is none of these exempts
 * nothing. Blocks are for hosts given as an address: no name is looked up for them, as in curl.
 */
export function isExempt(list: string, host: string, port: number): boolean {
  const name = withoutLastDot(host.toLowerCase());
  return list
    .split(/[\s,]+/)
    .some(
      (text) => text === '*' || (text !== '' && covers(entryOf(text.toLowerCase()), name, port)),
    );
}

interface Entry {
  /** Name, address or block. */
  host: string;
  /** Undefined: any. */
  port: number | undefined;
}

/** `host:port`, `[address]:port`, or without a port; an IPv6 address may go without brackets then. */
function entryOf(text: string): Entry {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return {
    host: bracketed ?? plain ?? text,
    port: port === undefined ? undefined : Number(port),
  };
}

function covers(entry: Entry, name: string, port: number): boolean {
  if (entry.port !== undefined && entry.port !== port) return false;
  if (isIP(name) !== 0) return coversAddress(entry.host, name);
  const suffix = withoutLastDot(entry.host.replace(/^\*?\./, ''));
  return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
}

/** Also where the two are spelled differently, as `::1` and `0:0:0:0:0:0:0:1`. */
function coversAddress(block: string, address: string): boolean {
  const [, base = '', digits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(block) ?? [];
  const family = isIP(base);
  if (family === 0 || family !== isIP(address)) return false;
  const most = family === 4 ? 32 : 128;
  const prefix = digits === undefined ? most : Number(digits);
  if (prefix > most) return false;
  const addresses = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  addresses.addSubnet(base, prefix, type);
  return addresses.check(address, type);
}

function withoutLastDot(name: string): string {
  return name.replace(/\.$/, '');
}
