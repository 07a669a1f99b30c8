import { createServer, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { generateCertificate } from '../../src/listen/certificate.ts';
import type { Identity } from '../../src/network/trust.ts';
import { listenForTest, type StrangeServer } from './servers.ts';

/** A server's certificate for these names alone, its own authority, and its key. */
export async function certificateFor(names: readonly string[]): Promise<Identity> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'server' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { cert, key };
}

/** A client's certificate, its own authority, and its key. */
export async function identityForTest(name = 'client'): Promise<Identity> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { cert, key };
}

/** Speaks TLS with those alone who show a certificate that `authority` vouches for. */
export async function strictServerForTest(
  authority: string,
  onSocket: (socket: TLSSocket) => void,
): Promise<StrangeServer & { ca: string }> {
  const { cert, key } = await generateCertificate('localhost');
  const options = { cert, key, ca: authority, requestCert: true, ALPNProtocols: ['http/1.1'] };
  const server = createServer(options, onSocket);
  server.on('tlsClientError', () => undefined);
  return Object.assign(await listenForTest(server), { ca: cert });
}
