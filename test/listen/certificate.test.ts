import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { generateCertificate } from '../../src/listen/certificate.ts';

const DAY_MS = 24 * 3_600_000;

it('belongs to its key, and is its own CA', async () => {
  const { cert, key } = await generateCertificate('127.0.0.1');
  const certificate = new X509Certificate(cert);
  expect(certificate.ca).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

it('is good for a clock that is a day off, and for 30 days', async () => {
  const { validFrom, validTo } = new X509Certificate((await generateCertificate('::')).cert);
  const untilMs = Date.parse(validTo) - Date.now();
  expect(Date.parse(validFrom)).toBeLessThan(Date.now() - 1.9 * DAY_MS);
  expect(untilMs / DAY_MS).toBeCloseTo(30, 1);
});

it.each([
  { host: 'bench.example', names: 'DNS:bench.example', why: 'a name' },
  { host: '10.1.2.3', names: 'IP Address:10.1.2.3', why: 'an IPv4 address' },
  { host: 'fd00::1:2', names: 'IP Address:FD00:0:0:0:0:0:1:2', why: 'an IPv6 address' },
  { host: '::', names: 'IP Address:0:0:0:0:0:0:0:0', why: 'nothing but zeros' },
  { host: '1:2:3:4:5:6:7:8', names: 'IP Address:1:2:3:4:5:6:7:8', why: 'no zeros left out' },
  { host: '::ffff:1.2.3.4', names: 'IP Address:0:0:0:0:0:FFFF:102:304', why: 'IPv4 inside IPv6' },
  { host: 'fe80::1%lo', names: 'IP Address:FE80:0:0:0:0:0:0:1', why: 'a zone' },
  { host: `${'a'.repeat(60)}.${'b'.repeat(60)}.example`, names: 'DNS:aaa', why: 'a long name' },
])('names loopback and its host: $why', async ({ host, names }) => {
  const { subjectAltName } = new X509Certificate((await generateCertificate(host)).cert);
  expect(subjectAltName).toContain(
    `DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, ${names}`,
  );
});

it('names each only once', async () => {
  const { subjectAltName } = new X509Certificate((await generateCertificate('localhost')).cert);
  expect(subjectAltName?.match(/localhost/g)).toHaveLength(1);
});

it.each([
  { servername: 'localhost', trusts: true },
  { servername: 'other.example', trusts: false },
])(
  'a client that trusts it accepts it for $servername: $trusts',
  async ({ servername, trusts }) => {
    const { cert, key } = await generateCertificate('127.0.0.1');
    const server = createServer({ cert, key }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: '127.0.0.1', port, ca: cert, servername });
    const outcome = await once(socket, 'secureConnect').then(
      () => 'accepted',
      (error: unknown) => String(error),
    );
    socket.destroy();
    expect(outcome).toMatch(trusts ? /^accepted$/ : /altnames/);
  },
);
