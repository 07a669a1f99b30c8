import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { parseProxy, proxyUrl } from '../../src/network/proxy.ts';
import { proxyFromEnvironment } from '../../src/network/proxy-environment.ts';

describe('a proxy', () => {
  it.each<[text: string, url: string, why: string]>([
    ['http://proxy.example:3128', 'http://proxy.example:3128', 'as it is'],
    ['proxy.example:3128', 'http://proxy.example:3128', 'without a scheme, as in curl'],
    ['proxy.example', 'http://proxy.example:80', 'without a port'],
    ['http://proxy.example:80/', 'http://proxy.example:80', "the scheme's own port"],
    ['https://proxy.example', 'https://proxy.example:443', 'over TLS'],
    ['HTTP://PROXY.example:1', 'http://proxy.example:1', 'names know no case'],
    ['[::1]:3128', 'http://[::1]:3128', 'IPv6'],
    ['http://user:secret@proxy.example:3128', 'http://proxy.example:3128', 'what it is told stays'],
    ['user:secret@proxy.example:3128', 'http://proxy.example:3128', 'without a scheme too'],
  ])('%s is %s: %s', (text, url) => {
    expect(proxyUrl(parseProxy(text, 'proxy'))).toBe(url);
  });

  it.each<[text: string, says: RegExp, why: string]>([
    ['', /got something else/, 'nothing'],
    ['http://', /got something else/, 'no host'],
    ['http://planted word/', /got something else/, 'no URL'],
    ['http://proxy.example:99999', /got something else/, 'no port'],
    ['socks5://planted@proxy.example', /got the protocol socks5:/, 'another kind of proxy'],
    ['http://planted@proxy.example/way', /path or query/, 'a path is no part of it'],
    ['http://planted@proxy.example/?a=b', /path or query/, 'nor is a query'],
    ['http://user:planted%zz@proxy.example', /broken password/, 'a percent sign that is one'],
  ])('is not %j: %s, %s', (text, says) => {
    expect(() => parseProxy(text, 'HTTPS_PROXY')).toThrow(UsageError);
    expect(() => parseProxy(text, 'HTTPS_PROXY')).toThrow(says);
    expect(() => parseProxy(text, 'HTTPS_PROXY')).toThrow(/^HTTPS_PROXY: (?!.*planted)/);
  });

  it('is told any user and password, as RFC 7617 has it', () => {
    const plain = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(plain, plain, (user, password) => {
        const text = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@p.example`;
        const { authorization = '' } = parseProxy(text, 'proxy');
        const [scheme, encoded = ''] = authorization.split(' ');
        expect(scheme).toBe('Basic');
        expect(Buffer.from(encoded, 'base64').toString()).toBe(`${user}:${password}`);
      }),
    );
  });
});

describe('the environment', () => {
  const secure = 'https://api.example/v1';

  it.each<
    [why: string, url: string, environment: Record<string, string>, variable: string | undefined]
  >([
    ['nothing is set', secure, {}, undefined],
    ['for TLS', secure, { HTTPS_PROXY: 'a' }, 'HTTPS_PROXY'],
    ['for TLS only', 'http://api.example', { HTTPS_PROXY: 'a' }, undefined],
    ['for plain HTTP', 'http://api.example', { HTTP_PROXY: 'a' }, 'HTTP_PROXY'],
    ['for plain HTTP only', secure, { HTTP_PROXY: 'a' }, undefined],
    ['for both', secure, { ALL_PROXY: 'a' }, 'ALL_PROXY'],
    ['the nearer wins', secure, { ALL_PROXY: 'a', https_proxy: 'b' }, 'https_proxy'],
    ['lower case wins', secure, { HTTPS_PROXY: 'a', https_proxy: 'b' }, 'https_proxy'],
    ['an empty one counts for nothing', secure, { https_proxy: '', ALL_PROXY: 'a' }, 'ALL_PROXY'],
    ['exempt', secure, { ALL_PROXY: 'a', NO_PROXY: 'api.example' }, undefined],
    ['exempt, lower case', secure, { ALL_PROXY: 'a', no_proxy: 'api.example' }, undefined],
    ['exempt by its port', secure, { ALL_PROXY: 'a', NO_PROXY: 'api.example:443' }, undefined],
    ['another port', secure, { ALL_PROXY: 'a', NO_PROXY: 'api.example:80' }, 'ALL_PROXY'],
    ['loopback as any', 'http://[::1]:8787', { http_proxy: 'a' }, 'http_proxy'],
    ['loopback exempt', 'http://[::1]:8787', { http_proxy: 'a', no_proxy: '::1' }, undefined],
  ])('%s', (_why, url, environment, variable) => {
    expect(proxyFromEnvironment(new URL(url), environment)?.variable).toBe(variable);
  });
});
