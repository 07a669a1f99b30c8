import { createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { tlsAdvice } from '../../src/app/endpoint/tls-advice.ts';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { certificateFor, identityForTest } from '../support/identity.ts';
import { smallScript } from '../support/script.ts';
import { listenForTest } from '../support/servers.ts';

describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server that asks for a certificate, %s',
  (maxVersion) => {
    it.each([
      ['none', false],
      ["a stranger's", true],
    ])('is told of, and the flags that help, where the client shows %s', async (_, shows) => {
      const { cert: ca, key } = await generateCertificate('localhost');
      const { cert: authority } = await identityForTest();
      const options = { cert: ca, key, ca: authority, requestCert: true, maxVersion };
      const server = createServer(options, (socket) => socket.destroy());
      server.on('tlsClientError', () => undefined);
      const { port } = await listenForTest(server);
      const run = runBenchmark({
        scenario: smallScript,
        endpoint: {
          url: `https://localhost:${port}/v1`,
          ca,
          proxy: 'none',
          ...(shows && { identity: await identityForTest('stranger') }),
        },
        transports: ['http'],
        calibrate: false,
      });
      await expect(run).rejects.toThrow(
        shows
          ? /--cert/
          : /certificate: --cert <file> shows one|certificate .*; --cert <file> shows one/,
      );
      await expect(run).rejects.not.toThrow(/does it want http/);
    });
  },
);

describe('a certificate of another name', () => {
  it.each(['localhost', '127.0.0.1'])(
    'is told with the names that it holds, for %s',
    async (host) => {
      const { cert, key } = await certificateFor(['api.example', 'b.example']);
      const server = createServer({ cert, key }, (socket) => socket.destroy());
      server.on('tlsClientError', () => undefined);
      const { port } = await listenForTest(server);
      const url = `https://${host}:${port}/v1`;
      const endpoint = { url, ca: cert, proxy: 'none' };
      await expect(
        runBenchmark({ scenario: smallScript, endpoint, transports: ['http'], calibrate: false }),
      ).rejects.toThrow(
        new RegExp(
          `the certificate is for api.example, b.example, not for ${host}\\)?; .*--url.*--resolve`,
        ),
      );
    },
  );
});

it.each<[string, string | undefined, boolean, RegExp | undefined]>([
  ['nothing', undefined, false, undefined],
  ['an alert on something else', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, undefined],
  ['a socket that broke', 'ECONNRESET', false, undefined],
  ['nothing, a certificate shown', 'ECONNRESET', true, /ended the TLS handshake/],
  ['no certificate', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, /wants a client/],
  ['one of an unknown authority', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, /refused the client/],
  ['one that is over', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', true, /refused the client/],
  [
    'a handshake, of whatever reason',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    false,
    /refused the TLS/,
  ],
])('an alert about %s', (_, code, shows, what) => {
  const advice = tlsAdvice(code, shows);
  if (what === undefined) expect(advice).toBeUndefined();
  else expect(advice?.what).toMatch(what);
});
