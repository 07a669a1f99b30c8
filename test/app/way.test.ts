import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkIdentity } from '../../src/app/options/identity.ts';
import { waysFrom } from '../../src/app/options/way.ts';
import { UsageError } from '../../src/errors.ts';
import type { Identity } from '../../src/network/trust.ts';
import type { Way } from '../../src/transport/transport.ts';
import { identityForTest } from '../support/identity.ts';

const api = new URL('https://api.example/v1');
const proxied = { HTTPS_PROXY: 'http://user:planted@proxy.example:3128' };
const proxy = {
  host: 'proxy.example',
  port: 3128,
  authorization: `Basic ${Buffer.from('user:planted').toString('base64')}`,
};
const pinned = [{ address: '10.0.0.1', family: 4 }];

describe('the way to an endpoint', () => {
  it.each<
    [
      why: string,
      options: Parameters<typeof waysFrom>[1],
      environment: Record<string, string>,
      way: Way,
    ]
  >([
    ['straight', {}, {}, {}],
    ['the environment names a proxy', {}, proxied, { proxy }],
    ['NO_PROXY exempts the endpoint', {}, { ...proxied, NO_PROXY: 'example' }, {}],
    ['a proxy of its own', { proxy: 'proxy.example:3' }, {}, { proxy: { ...bare(3) } }],
    [
      'which goes before the environment',
      { proxy: 'proxy.example:3' },
      proxied,
      { proxy: bare(3) },
    ],
    [
      'and before NO_PROXY: who names one means it',
      { proxy: 'proxy.example:3' },
      { NO_PROXY: '*' },
      { proxy: bare(3) },
    ],
    ['none in spite of the environment', { proxy: 'none' }, proxied, {}],
    [
      'a proxy over TLS, vouched for as the endpoint',
      { proxy: 'https://proxy.example', ca: 'PEM' },
      {},
      { proxy: { host: 'proxy.example', port: 443, tls: { ca: 'PEM' } } },
    ],
    ['pinned', { resolve: ['api.example:443:10.0.0.1'] }, {}, { addresses: pinned }],
    [
      'the proxy pinned, for it is what is connected to',
      { resolve: ['proxy.example:3128:10.0.0.1'] },
      proxied,
      { proxy: { ...proxy, addresses: pinned } },
    ],
  ])('%s', (_why, options, environment, way) => {
    expect(waysFrom(api, options, environment)(api)).toEqual(way);
  });

  it('is another where the endpoint sends us on to another host', async () => {
    const identity = await identityForTest();
    const environment = { ...proxied, NO_PROXY: 'api.example' };
    const wayTo = waysFrom(api, { identity, resolve: ['api.example:443:10.0.0.1'] }, environment);
    expect(wayTo(new URL('https://api.example/v2'))).toEqual({ identity, addresses: pinned });
    // Through the proxy that stands before it, to the address of its own name, and as nobody.
    expect(wayTo(new URL('https://other.example/v1'))).toEqual({ proxy });
  });

  it.each<
    [
      why: string,
      options: Parameters<typeof waysFrom>[1],
      environment: Record<string, string>,
      RegExp,
    ]
  >([
    ['no proxy', { proxy: 'http://planted@' }, {}, /^proxy: expected the URL of a proxy/],
    [
      'a proxy of a kind not spoken to',
      {},
      { ALL_PROXY: 'socks5://u:planted@p' },
      /^ALL_PROXY: .*socks5/,
    ],
    ['no address', { resolve: ['api.example'] }, {}, /^resolve: expected host:port:address/],
    [
      'an address for nobody',
      { resolve: ['a.example:443:::1'] },
      {},
      /^resolve: expected api.example:443, .*got a.example:443/,
    ],
    [
      'an address for whom the proxy looks up',
      { resolve: ['api.example:443:::1'] },
      proxied,
      /^resolve: expected proxy.example:3128/,
    ],
  ])('is refused: %s', (_why, options, environment, says) => {
    expect(() => waysFrom(api, options, environment)).toThrow(UsageError);
    expect(() => waysFrom(api, options, environment)).toThrow(says);
    expect(() => waysFrom(api, options, environment)).not.toThrow(/planted/);
  });

  it('shows no certificate without TLS', async () => {
    const identity = await identityForTest();
    expect(() => waysFrom(new URL('http://api.example'), { identity }, {})).toThrow(/^cert: .*TLS/);
  });
});

describe("a client's certificate", () => {
  const passphrase = 'planted';
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const locked = { format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;

  it.each<[why: string, change: (identity: Identity) => Partial<Identity>, says: RegExp]>([
    ['no PEM', () => ({ cert: 'planted' }), /^cert: expected PEM/],
    ['a key in its place', ({ key }) => ({ cert: key }), /^cert: expected PEM/],
    ['no key', () => ({ key: 'planted' }), /^key: expected a private key in PEM/],
    ['a certificate in its place', ({ cert }) => ({ key: cert }), /^key: expected a private key/],
    [
      'the key of another',
      () => ({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }),
      /^key: expected the private key of the first certificate/,
    ],
    [
      'a passphrase, PKCS #8',
      () => ({ key: privateKey.export({ type: 'pkcs8', ...locked }) as string }),
      /^key: expected one without a passphrase/,
    ],
    [
      'a passphrase, as of old',
      () => ({ key: privateKey.export({ type: 'pkcs1', ...locked }) as string }),
      /^key: expected one without a passphrase/,
    ],
  ])('is refused: %s', async (_why, change, says) => {
    const identity = await identityForTest();
    expect(checkIdentity(identity)).toBe(identity);
    const changed = { ...identity, ...change(identity) };
    expect(() => checkIdentity(changed)).toThrow(UsageError);
    expect(() => checkIdentity(changed)).toThrow(says);
    expect(() => checkIdentity(changed)).not.toThrow(/planted|BEGIN/);
  });
});

function bare(port: number): NonNullable<Way['proxy']> {
  return { host: 'proxy.example', port };
}
