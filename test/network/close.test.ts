import { expect, it } from 'vitest';
import { closeSocket } from '../../src/network/close.ts';
import { dial } from '../../src/network/dial.ts';
import { createLink } from '../../src/network/link.ts';
import { tlsServerForTest } from '../support/servers.ts';

const link = createLink(
  {
    rttMs: 2,
    bandwidthBitsPerSecond: null,
    jitterMs: 0,
    slowStart: false,
    receiveWindowBytes: 65536,
  },
  1,
);

it.each([
  ['over a socket', {}],
  ['over the emulated link', { link }],
])('closing TLS %s ends, whoever asks: also a listener of its `close`', async (_over, path) => {
  const { port, ca } = await tlsServerForTest((socket) => {
    socket.once('data', () => socket.destroy());
  });
  const target = {
    host: '127.0.0.1',
    port,
    tls: { ca, verify: true, alpn: 'http/1.1' },
    ...path,
  } as const;
  const { socket } = await dial(target, new AbortController().signal);
  const closed = new Promise<boolean>((resolve) => {
    socket
      .on('error', () => undefined)
      .once('close', () => {
        void closeSocket(socket).then(() => {
          resolve(socket.destroyed);
        });
      });
  });
  socket.resume().write('cut me off');
  expect(await closed).toBe(true);
});
