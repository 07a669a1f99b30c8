import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeSocket } from '../../src/network/close.ts';
import { type Connection, type DialTarget, dial } from '../../src/network/dial.ts';
import { DialError, type DialPhase } from '../../src/network/dial-error.ts';
import { closedPort, tcpServerForTest, tlsServerForTest } from '../support/servers.ts';

async function dialForTest(target: DialTarget): Promise<Connection> {
  const connection = await dial(target, new AbortController().signal);
  onTestFinished(() => {
    connection.socket.destroy();
  });
  return connection;
}

function tls(ca?: string, verify = true): NonNullable<DialTarget['tls']> {
  return { verify, alpn: 'http/1.1', ...(ca !== undefined && { ca }) };
}

describe('dialling', () => {
  it('an address: TCP is timed, there is nothing to look up', async () => {
    const { port } = await tcpServerForTest(() => undefined);
    const connection = await dialForTest({ host: '127.0.0.1', port });
    expect(connection).toMatchObject({
      dnsUs: null,
      tlsHandshakeUs: null,
      wsUpgradeUs: null,
      tlsVersion: null,
      alpn: null,
      addressFamily: 'IPv4',
    });
    expect(connection.tcpConnectUs).toBeGreaterThan(0);
  });

  it('a name: all of its addresses are tried', async () => {
    // Listens on 127.0.0.1 alone; `localhost` may well be ::1 first.
    const { port } = await tcpServerForTest(() => undefined);
    const connection = await dialForTest({ host: 'localhost', port });
    expect(connection.dnsUs).toBeGreaterThan(0);
    expect(connection.addressFamily).toBe('IPv4');
  });

  it.each(['127.0.0.1', 'localhost'])('%s over TLS: what was agreed is noted', async (host) => {
    const { port, ca } = await tlsServerForTest(() => undefined);
    const connection = await dialForTest({ host, port, tls: tls(ca) });
    expect(connection).toMatchObject({ tlsVersion: 'TLSv1.3', alpn: 'http/1.1' });
    expect(connection.tlsHandshakeUs).toBeGreaterThan(0);
    expect(connection.sessionResumed).toBe(false);
  });

  it('takes a certificate that nobody vouches for where it need not verify', async () => {
    const { port } = await tlsServerForTest(() => undefined);
    const connection = await dialForTest({ host: '127.0.0.1', port, tls: tls(undefined, false) });
    expect(connection.tlsVersion).toBe('TLSv1.3');
  });

  it('counts bytes below TLS, and after the close', async () => {
    let received = 0;
    const { port } = await tcpServerForTest((socket) => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.byteLength;
        socket.end('goodbye');
      });
    });
    const connection = await dialForTest({ host: '127.0.0.1', port });
    connection.socket.write('hello');
    connection.socket.resume();
    await once(connection.socket, 'end');
    await closeSocket(connection.socket);
    expect(connection.bytes()).toEqual({ sent: received, received: 'goodbye'.length });
  });

  it.each<
    [why: string, phase: DialError['phase'], code: string, target: () => Promise<DialTarget>]
  >([
    [
      'nobody listens',
      'tcp',
      'ECONNREFUSED',
      async () => ({ host: '127.0.0.1', port: await closedPort() }),
    ],
    [
      'a plain server does not speak TLS',
      'tls',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      async () => {
        const { port } = await tcpServerForTest((socket) => socket.end('HTTP/1.1 400 No\r\n\r\n'));
        return { host: '127.0.0.1', port, tls: tls() };
      },
    ],
    [
      'nobody vouches for the certificate',
      'tls',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      async () => {
        const { port } = await tlsServerForTest(() => undefined);
        return { host: '127.0.0.1', port, tls: tls() };
      },
    ],
    [
      'another authority vouches for it',
      'tls',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      async () => {
        const { port } = await tlsServerForTest(() => undefined);
        const { ca } = await tlsServerForTest(() => undefined);
        return { host: 'localhost', port, tls: tls(ca) };
      },
    ],
    [
      'the server hangs up on the handshake',
      'tls',
      'ECONNRESET',
      async () => {
        const { port } = await tcpServerForTest((socket) =>
          socket.once('data', () => socket.end()),
        );
        return { host: '127.0.0.1', port, tls: tls() };
      },
    ],
  ])('fails where %s, in phase %s', async (_why, phase, code, target) => {
    const error = await failureOf(await target());
    expect(error).toMatchObject({ phase, cause: { code } });
    expect(error.message).not.toContain('\n');
    expect(error.message).not.toContain('openssl/ssl/');
  });

  it('fails where the name does not exist', async () => {
    expect(await failureOf({ host: 'nowhere.invalid', port: 80 })).toMatchObject({ phase: 'dns' });
  });
});

describe('a dial that is called off', () => {
  const reason = new Error('called off');

  it.each<[when: string, host: string, wait: () => Promise<unknown>]>([
    ['before it begins', '127.0.0.1', () => Promise.resolve()],
    // No turn of the event loop has passed: neither lookup nor connect can have ended.
    ['while the name is looked up', 'localhost', () => microtasks()],
    ['while it connects', '127.0.0.1', () => microtasks()],
  ])('%s leaves no connection', async (when, host, wait) => {
    const server = await tcpServerForTest(() => undefined);
    const controller = new AbortController();
    if (when === 'before it begins') controller.abort(reason);
    const dialled = dial({ host, port: server.port }, controller.signal);
    const thrown = expect(dialled).rejects.toBe(reason);
    await wait();
    controller.abort(reason);
    await thrown;
    // Whatever was under way has had time to arrive.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.open).toBe(0);
    if (when !== 'while it connects') expect(server.accepted).toBe(0);
  });

  it('in the TLS handshake leaves no connection', async () => {
    const server = await tcpServerForTest((socket) => socket.resume());
    const controller = new AbortController();
    const target = { host: '127.0.0.1', port: server.port, tls: tls() };
    const thrown = expect(dial(target, controller.signal)).rejects.toBe(reason);
    await expect.poll(() => server.accepted).toBe(1);
    controller.abort(reason);
    await thrown;
    await expect.poll(() => server.open).toBe(0);
  });
});

describe('closing', () => {
  it('waits for what the peer still has to say', async () => {
    const { port } = await tcpServerForTest((socket) => {
      socket.allowHalfOpen = true;
      socket.resume().on('end', () => socket.end('last words'));
    });
    const connection = await dialForTest({ host: '127.0.0.1', port });
    await closeSocket(connection.socket);
    expect(connection.bytes().received).toBe('last words'.length);
    await closeSocket(connection.socket);
  });

  it('does not wait for ever', async () => {
    const server = await tcpServerForTest((socket) => {
      socket.allowHalfOpen = true;
      socket.resume();
    });
    const connection = await dialForTest({ host: '127.0.0.1', port: server.port });
    await closeSocket(connection.socket);
    expect(connection.socket.destroyed).toBe(true);
  });
});

async function failureOf(target: DialTarget): Promise<DialError> {
  try {
    await dialForTest(target);
  } catch (error) {
    if (error instanceof DialError) return error;
    throw error;
  }
  throw new Error('the dial did not fail');
}

async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('a dial that fails', () => {
  it.each<[code: string, phase: DialPhase, blamed: DialPhase, address?: string]>([
    ['EMFILE', 'tcp', 'socket'],
    ['EMFILE', 'dns', 'socket'],
    ['ENFILE', 'proxy', 'socket'],
    ['ENOBUFS', 'tcp', 'socket'],
    ['EADDRNOTAVAIL', 'tcp', 'socket'],
    ['EADDRNOTAVAIL', 'tcp', 'tcp', '::1'],
    ['ECONNREFUSED', 'tcp', 'tcp'],
    ['ENOTFOUND', 'dns', 'dns'],
  ])('with %s in phase %s blames %s', (code, phase, blamed, address = '127.0.0.1') => {
    const cause = Object.assign(new Error(code), { code, address });
    expect(new DialError(phase, cause).phase).toBe(blamed);
  });
});
