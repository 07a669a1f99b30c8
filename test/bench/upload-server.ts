import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { generateCertificate } from '../../src/listen/certificate.ts';

/*
 * Forked by a benchmark: a TLS server that reads bodies, four bytes of length first, which count as part of the body,
 * and answers 200 bytes once it has the whole of one.
 */

const ANSWER = Buffer.alloc(200, 'a');

const { cert, key } = await generateCertificate('127.0.0.1');
const server = createServer({ cert, key, minVersion: 'TLSv1.3' }, (socket) => {
  let missingBytes = 0;
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (data: Buffer) => {
    if (missingBytes === 0) missingBytes = data.readUInt32BE(0);
    missingBytes -= data.byteLength;
    if (missingBytes === 0) socket.write(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, ca: cert });
});
process.on('disconnect', () => process.exit());
