import { describe, expect, it } from 'vitest';
import { dial } from '../../src/network/dial.ts';
import { addressesFor, parseResolveEntry } from '../../src/network/resolve-entry.ts';
import { tcpServerForTest } from '../support/servers.ts';

describe('an entry of --resolve', () => {
  it.each<[text: string, addresses: string[], why: string]>([
    ['api.example:443:127.0.0.1', ['127.0.0.1'], 'as in curl'],
    ['api.example:443:::1', ['::1'], 'IPv6'],
    ['api.example:443:[::1]', ['::1'], 'in brackets'],
    ['API.example:443:[::1],10.0.0.1', ['::1', '10.0.0.1'], 'several, tried as those of a name'],
  ])('%s: %j, %s', (text, addresses) => {
    const entry = parseResolveEntry(text);
    expect(entry).toMatchObject({ host: 'api.example', port: 443 });
    expect(entry.addresses.map(({ address }) => address)).toEqual(addresses);
  });

  it.each<[text: string, why: string]>([
    ['', 'nothing'],
    ['api.example:443', 'no address'],
    ['api.example:443:', 'an empty one'],
    ['api.example:443:other.example', 'a name, which would have to be looked up'],
    ['api.example:0:127.0.0.1', 'no port'],
    ['api.example:65536:127.0.0.1', 'no port either'],
    ['127.0.0.1:443:127.0.0.2', 'an address needs no resolving'],
    ['-api.example:443', "curl's way to forget one"],
    ['api.example:443:127.0.0.1,', 'half a list'],
  ])('is not %j: %s', (text) => {
    expect(() => parseResolveEntry(text)).toThrow(/^resolve: expected host:port:address/);
  });

  it('counts for its own host and port; the last of several does', () => {
    const entries = ['a.example:1:10.0.0.1', 'a.example:2:10.0.0.2', 'a.example:1:10.0.0.3'];
    const found = (host: string, port: number): string | undefined =>
      addressesFor({ host, port }, entries.map(parseResolveEntry))?.[0]?.address;
    expect(found('A.example', 1)).toBe('10.0.0.3');
    expect(found('a.example', 2)).toBe('10.0.0.2');
    expect(found('a.example', 3)).toBeUndefined();
    expect(found('b.example', 1)).toBeUndefined();
  });

  it('takes the place of a lookup, which then leaves no mark', async () => {
    const { port } = await tcpServerForTest(() => undefined);
    const { addresses } = parseResolveEntry(`nowhere.invalid:${String(port)}:127.0.0.1`);
    const target = { host: 'nowhere.invalid', port, addresses };
    const connection = await dial(target, new AbortController().signal);
    connection.socket.destroy();
    expect(connection.dnsUs).toBeNull();
    expect(connection.tcpConnectUs).toBeGreaterThan(0);
  });
});
