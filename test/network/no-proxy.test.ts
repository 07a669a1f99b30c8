import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExempt } from '../../src/network/no-proxy.ts';

describe('NO_PROXY', () => {
  it.each<[list: string, host: string, port: number, exempt: boolean, why: string]>([
    ['', 'api.example', 443, false, 'nothing is exempt by itself'],
    ['', '127.0.0.1', 8787, false, 'nor is loopback, as in curl'],
    ['*', 'api.example', 443, true, 'all'],
    ['*', '::1', 443, true, 'all, addresses too'],
    ['api.example', 'api.example', 443, true, 'the name itself'],
    ['api.example', 'API.Example', 443, true, 'names know no case'],
    ['API.example', 'api.example', 443, true, 'in the list neither'],
    ['api.example', 'eu.api.example', 443, true, 'names below it'],
    ['.api.example', 'eu.api.example', 443, true, 'a dot before it, as older clients want'],
    ['.api.example', 'api.example', 443, true, 'which changes nothing, as in curl'],
    ['*.api.example', 'eu.api.example', 443, true, 'a star before it, as Go has it'],
    ['api.example', 'evilapi.example', 443, false, 'ends alike, but not at a dot'],
    ['api.example', 'example', 443, false, 'a name above it'],
    ['api.example.', 'api.example', 443, true, 'a fully qualified entry'],
    ['api.example', 'api.example.', 443, true, 'a fully qualified host'],
    ['.', 'api.example', 443, false, 'a dot alone names nothing'],
    ['api.example:8443', 'api.example', 8443, true, 'that port'],
    ['api.example:8443', 'api.example', 443, false, 'that port only'],
    ['api.example:', 'api.example', 443, false, 'a port that is none'],
    ['a.example, b.example', 'b.example', 443, true, 'a blank behind the comma'],
    ['a.example b.example', 'b.example', 443, true, 'blanks alone, as wget takes'],
    [',,a.example,', 'b.example', 443, false, 'empty entries exempt nothing'],
    ['localhost', 'localhost', 8787, true, 'a name like any other'],
    ['localhost', '127.0.0.1', 8787, false, 'no name is looked up'],
    ['127.0.0.1', '127.0.0.1', 8787, true, 'an address'],
    ['127.0.0.1:8787', '127.0.0.1', 8787, true, 'an address with its port'],
    ['127.0.0.1:8787', '127.0.0.1', 8788, false, 'with another'],
    ['0.0.1', '127.0.0.1', 8787, false, 'an address has no names below it'],
    ['127.0.0.1', '1.127.0.0.1.example', 443, false, 'nor is an address a name'],
    ['10.0.0.0/8', '10.20.30.40', 443, true, 'a block'],
    ['10.0.0.0/8', '11.0.0.1', 443, false, 'outside of it'],
    ['10.20.30.40/8', '10.1.1.1', 443, true, 'bits behind the prefix say nothing'],
    ['192.168.1.0/25', '192.168.1.128', 443, false, 'a prefix within a byte'],
    ['0.0.0.0/0', '8.8.8.8', 443, true, 'all of IPv4'],
    ['0.0.0.0/0', '::1', 443, false, 'and no IPv6'],
    ['::/0', '8.8.8.8', 443, false, 'nor the other way round'],
    ['10.0.0.0/33', '10.0.0.1', 443, false, 'no such prefix'],
    ['10.0.0.0/', '10.0.0.0', 443, false, 'half a block'],
    ['10.0.0.0/8:8080', '10.1.1.1', 8080, true, 'a block with a port'],
    ['10.0.0.0/8:8080', '10.1.1.1', 443, false, 'another port'],
    ['10.0.0.0/8', 'ten.example', 443, false, 'a name may well lead there, nobody looks'],
    ['::1', '::1', 8787, true, 'IPv6 without brackets'],
    ['[::1]', '::1', 8787, true, 'with brackets'],
    ['[::1]:8787', '::1', 8787, true, 'with a port'],
    ['[::1]:8787', '::1', 443, false, 'with another'],
    ['0:0:0:0:0:0:0:1', '::1', 443, true, 'spelled out'],
    ['FD00::/8', 'fd12:3456::1', 443, true, 'a block of IPv6'],
    ['fd00::/8', 'fe80::1', 443, false, 'outside of it'],
    ['[fd00::]/8', 'fd12:3456::1', 443, false, 'a spelling that nobody has'],
  ])('%j for %s:%i: %s, %s', (list, host, port, exempt) => {
    expect(isExempt(list, host, port)).toBe(exempt);
  });

  it('holds of a block what its bits say', () => {
    const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (base, host, prefix) => {
        const same = prefix === 0 || base >>> (32 - prefix) === host >>> (32 - prefix);
        expect(isExempt(`${dotted(base)}/${String(prefix)}`, dotted(host), 443)).toBe(same);
      }),
    );
  });

  it('exempts a name exactly where one of its ends, cut at a dot, is listed', () => {
    const label = fc.stringMatching(/^[a-c]{1,2}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(fc.array(name), name, (listed, host) => {
        const ends = host.split('.').map((_, at, labels) => labels.slice(at).join('.'));
        expect(isExempt(listed.join(','), host, 443)).toBe(
          listed.some((entry) => ends.includes(entry)),
        );
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('api.example', '10.0.0.1', '::1'), (list, host) => {
        const stars = list.split(/[\s,]+/).includes('*');
        expect(typeof isExempt(list, host, 443)).toBe('boolean');
        if (stars) expect(isExempt(list, host, 443)).toBe(true);
      }),
    );
  });
});

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}
