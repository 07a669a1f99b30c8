import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { type Connection, dial } from '../../src/network/dial.ts';
import type { Identity } from '../../src/network/trust.ts';
import { identityForTest, strictServerForTest } from '../support/identity.ts';
import { proxyForTest } from '../support/proxy.ts';

async function dialForTest(
  { port, ca }: { port: number; ca: string },
  identity?: Identity,
): Promise<Connection> {
  const tls = { verify: true, alpn: 'http/1.1', ca, ...(identity && { identity }) } as const;
  const target = { host: 'localhost', port, tls, proxy: (await proxyForTest()).proxy };
  const connection = await dial(target, new AbortController().signal);
  onTestFinished(() => {
    connection.socket.destroy();
  });
  return connection;
}

it('a client shows its certificate to a server that asks, through a proxy too', async () => {
  const identity = await identityForTest('Jo');
  const server = await strictServerForTest(identity.cert, (socket) => {
    socket.end(String(socket.getPeerCertificate().subject.CN));
  });
  const { socket } = await dialForTest(server, identity);
  const [name] = (await once(socket, 'data')) as [Buffer];
  expect(name.toString()).toBe('Jo');
});

it.each([
  ['no certificate', () => undefined],
  ['that of a stranger', () => identityForTest('stranger')],
])('a server that asks for one turns away who shows %s', async (_what, made) => {
  let welcomed = 0;
  const { cert } = await identityForTest();
  const server = await strictServerForTest(cert, () => welcomed++);
  const { socket } = await dialForTest(server, await made());
  // TLS 1.3: the client takes the handshake for done, and hears of the refusal behind it.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined).resume();
  await closed;
  expect(welcomed).toBe(0);
});
