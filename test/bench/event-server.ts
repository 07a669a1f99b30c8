import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { generateCertificate } from '../../src/listen/certificate.ts';

/*
 * Forked by a benchmark: a TLS server that sends every client that has said something an event of 200 bytes, about
 * every 10 ms, the clients spread over that time. It runs in a process of its own, so that its work isn't the client's.
 */

const EVENT = Buffer.alloc(200, 'e');
const clients = new Set<TLSSocket>();

const { cert, key } = await generateCertificate('127.0.0.1');
const server = createServer({ cert, key }, (socket) => {
  socket.setNoDelay(true);
  socket.once('data', () => clients.add(socket));
  socket.on('error', () => undefined).on('close', () => clients.delete(socket));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, ca: cert });
});
let tick = 0;
setInterval(() => {
  tick++;
  let number = 0;
  for (const client of clients) if (number++ % 10 === tick % 10) client.write(EVENT);
}, 1);
process.on('disconnect', () => process.exit());
