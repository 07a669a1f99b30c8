import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Connection, type DialTarget, dial } from '../../src/network/dial.ts';
import { DialError } from '../../src/network/dial-error.ts';
import { createLink } from '../../src/network/link.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import type { Proxy } from '../../src/network/proxy.ts';
import { blaming } from '../../src/network/tunnel.ts';
import { proxyForTest, type TestProxy } from '../support/proxy.ts';
import { startRelay } from '../support/relay.ts';
import {
  closedPort,
  type StrangeServer,
  tcpServerForTest,
  tlsServerForTest,
} from '../support/servers.ts';

const SECRET = 'Basic c3RyYW5nZTpwbGFudGVk';

async function dialForTest(target: DialTarget): Promise<Connection> {
  const connection = await dial(target, new AbortController().signal);
  onTestFinished(() => {
    connection.socket.destroy();
  });
  return connection;
}

/** Says something and hears it again. */
async function echo({ socket }: Connection): Promise<string> {
  socket.write('hello');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

describe('a tunnel', () => {
  it.each([
    ['in the clear', false],
    ['over TLS, the proxy spoken to in the clear', true],
  ])('leads to the endpoint %s', async (_what, secure) => {
    const server: StrangeServer & { ca?: string } = secure
      ? await tlsServerForTest((socket) => socket.pipe(socket))
      : await tcpServerForTest((socket) => socket.pipe(socket));
    const witness = await proxyForTest();
    const connection = await dialForTest({
      host: 'localhost',
      port: server.port,
      proxy: witness.proxy,
      ...(server.ca !== undefined && {
        tls: { verify: true, alpn: 'http/1.1' as const, ca: server.ca },
      }),
    });
    expect(connection.proxyUs).toBeGreaterThan(0);
    expect(connection.tlsHandshakeUs === null).toBe(!secure);
    // The name is the proxy's to look up; it was reached by its address.
    expect(connection.dnsUs).toBeNull();
    expect(witness.tunnels).toEqual([`localhost:${String(server.port)}`]);
    expect(await echo(connection)).toBe('hello');
    expect(witness.seen.connections).toBe(1);
  });

  it.each([
    ['plain', false],
    ['TLS within TLS', true],
  ])('through a proxy over TLS, to an endpoint %s: every byte counts', async (_what, secure) => {
    const server = await tlsServerForTest((socket) => socket.pipe(socket));
    const plain = await tcpServerForTest((socket) => socket.pipe(socket));
    const { proxy } = await proxyForTest({ tls: true });
    const relay = await startRelay(proxy.port);
    onTestFinished(() => relay.close());
    const connection = await dialForTest({
      host: '127.0.0.1',
      port: secure ? server.port : plain.port,
      proxy: { ...proxy, port: relay.port },
      ...(secure && { tls: { verify: true, alpn: 'http/1.1', ca: server.ca } }),
    });
    expect(await echo(connection)).toBe('hello');
    // While it is open: a proxy's TLS that has said goodbye hears no other goodbye.
    await expect
      .poll(() => connection.bytes())
      .toEqual({
        sent: relay.bytesUp,
        received: relay.bytesDown,
      });
    expect(relay.bytesUp).toBeGreaterThan(0);
  });

  it('costs one round trip of an emulated link, apart from TCP and TLS', async () => {
    const { port, ca } = await tlsServerForTest(() => undefined);
    const { proxy } = await proxyForTest();
    const rttMs = 40;
    const { tcpConnectUs, proxyUs, tlsHandshakeUs } = await dialForTest({
      host: 'localhost',
      port,
      proxy,
      tls: { verify: true, alpn: 'http/1.1', ca },
      link: createLink(plainLink(rttMs), 1),
    });
    const roundTrips = [tcpConnectUs, proxyUs ?? NaN, tlsHandshakeUs ?? NaN].map(
      (us) => us / (rttMs * 1000),
    );
    expect(Math.min(...roundTrips)).toBeGreaterThanOrEqual(1);
    expect(roundTrips[1]).toBeLessThan(2);
  });

  it('loses nothing that comes right behind the answer to CONNECT', async () => {
    const { proxy } = await proxyForTest({
      answer: (client) => client.write('HTTP/1.1 200 OK\r\n\r\nfirst words'),
    });
    const { socket } = await dialForTest({ host: 'endpoint.invalid', port: 443, proxy });
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('first words');
  });

  it('says who asks, to the proxy alone', async () => {
    let heard = '';
    const server = await tcpServerForTest((socket) =>
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        socket.write('hello');
      }),
    );
    const { proxy } = await proxyForTest({ authorization: SECRET });
    const connection = await dialForTest({ host: '127.0.0.1', port: server.port, proxy });
    await echo(connection);
    expect(heard).toBe('hello');
  });
});

describe('a tunnel that is not opened', () => {
  const oversized = `HTTP/1.1 200 OK\r\nPad: ${'x'.repeat(64 * 1024)}\r\n\r\n`;
  const saying =
    (text: string): ((client: Duplex) => unknown) =>
    (client) =>
      client.end(text);

  it.each<[why: string, proxy: () => Promise<Proxy | TestProxy>, expected: object]>([
    [
      'a password is wanted',
      async () => withSecret((await proxyForTest({ authorization: 'other' })).proxy),
      { status: 407, message: expect.stringMatching(/refused the tunnel.*status 407$/) as string },
    ],
    [
      'the port is not allowed',
      () => proxyForTest({ answer: saying('HTTP/1.1 403 Forbidden\r\n\r\nplanted words') }),
      { status: 403 },
    ],
    [
      'the endpoint is out of reach',
      () => proxyForTest({ answer: saying('HTTP/1.1 502 planted\r\n\r\n') }),
      { status: 502 },
    ],
    [
      'a redirect is no tunnel',
      () => proxyForTest({ answer: saying('HTTP/1.1 302 F\r\nLocation: http://planted/\r\n\r\n') }),
      { status: 302 },
    ],
    [
      'it does not speak HTTP',
      () => proxyForTest({ answer: saying('SSH-2.0-planted\r\n') }),
      { cause: { code: 'HPE_INVALID_CONSTANT' } },
    ],
    [
      'its answer has no end',
      () => proxyForTest({ answer: saying(oversized) }),
      { cause: { code: 'HPE_HEADER_OVERFLOW' } },
    ],
    [
      'it hangs up without a word',
      () => proxyForTest({ answer: (client) => client.end() }),
      { cause: { code: 'ECONNRESET' } },
    ],
    [
      'it hangs up within its answer',
      () => proxyForTest({ answer: saying('HTTP/1.1 200 O') }),
      { phase: 'proxy' },
    ],
    [
      'nobody listens',
      async () => ({ host: '127.0.0.1', port: await closedPort(), authorization: SECRET }),
      {
        cause: { code: 'ECONNREFUSED' },
        message: expect.stringContaining('out of reach') as string,
      },
    ],
    [
      'its name does not exist',
      () => Promise.resolve({ host: 'proxy.invalid', port: 3128 }),
      { cause: { code: 'ENOTFOUND' } },
    ],
    [
      'nobody vouches for its certificate',
      async () => ({ ...(await proxyForTest({ tls: true })).proxy, tls: {} }),
      { cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
    ],
    [
      'it is asked for TLS and speaks none',
      async () => ({ ...(await proxyForTest()).proxy, tls: {} }),
      { phase: 'proxy' },
    ],
  ])(
    'because %s: says so, naming the proxy and nothing that it said',
    async (_why, made, expected) => {
      const given = await made();
      const proxy = withSecret('proxy' in given ? given.proxy : given);
      const server = await tcpServerForTest(() => undefined);
      const target = { host: '127.0.0.1', port: server.port, proxy };
      const error: unknown = await dialForTest(target).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DialError);
      expect(error).toMatchObject({ phase: 'proxy', ...expected });
      const { message, cause } = error as DialError;
      expect(message).toContain(`${proxy.host}:${String(proxy.port)}`);
      expect(`${message}${JSON.stringify(cause)}${(cause as Error).message}`).not.toMatch(
        /planted|c3RyYW5nZTpwbGFudGVk/,
      );
      // Never past a proxy that is set.
      expect(server.accepted).toBe(0);
    },
  );

  it.each<[what: string, answer: (client: NodeJS.WritableStream) => unknown]>([
    ['never answers', () => undefined],
    [
      'answers a byte at a time',
      async (client) => {
        for (const byte of 'HTTP/1.1 200 OK\r\nX: '.padEnd(200, 'x')) {
          client.write(byte);
          await sleep(20);
        }
      },
    ],
  ])('is given up where the proxy %s', async (_what, answer) => {
    const witness = await proxyForTest({ answer });
    const controller = new AbortController();
    const reason = new Error('called off');
    const dialled = dial(
      { host: 'endpoint.invalid', port: 443, proxy: witness.proxy },
      controller.signal,
    );
    const thrown = expect(dialled).rejects.toBe(reason);
    await expect.poll(() => witness.tunnels.length).toBe(1);
    controller.abort(reason);
    await thrown;
    await witness.settled();
  });

  it('is not blamed for a socket that this machine did not have', async () => {
    const { proxy } = await proxyForTest();
    const none = new DialError('tcp', Object.assign(new Error('EMFILE'), { code: 'EMFILE' }));
    await expect(blaming(proxy, Promise.reject(none))).rejects.toBe(none);
  });
});

function withSecret(proxy: Proxy): Proxy {
  return { ...proxy, authorization: SECRET };
}
