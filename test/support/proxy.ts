import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { generateCertificate } from '../../src/listen/certificate.ts';
import type { Proxy } from '../../src/network/proxy.ts';
import { atEnd } from './cleanup.ts';

/** A proxy that is not ours, on a free port of the loopback; it ends with the test file. */
export interface TestProxy {
  proxy: Proxy;
  url: string;
  /** What it was asked to connect to, in order. */
  readonly tunnels: readonly string[];
  /** Below TLS, of all connections to it. */
  readonly seen: { connections: number; bytesUp: number; bytesDown: number };
  /** Resolves once every connection to it has closed. */
  settled(): Promise<void>;
}

interface ProxyOptions {
  tls?: boolean;
  /** What `Proxy-Authorization` must say; else 407. */
  authorization?: string;
  /** Answers CONNECT in its own way. */
  answer?: (client: Duplex, request: IncomingMessage) => unknown;
}

/** Starts a proxy that knows CONNECT and nothing else. */
export async function proxyForTest({
  tls = false,
  authorization,
  answer,
}: ProxyOptions = {}): Promise<TestProxy> {
  const certificate = tls ? await generateCertificate('localhost') : undefined;
  const server = certificate ? createSecureServer(certificate) : createServer();
  const tunnels: string[] = [];
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.setNoDelay(true).on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  server.on('connect', (request, client, head) => {
    tunnels.push(request.url ?? '');
    client.on('error', () => undefined);
    if (answer) {
      // Sockets of an HTTP server stay half open.
      client.resume().once('end', () => client.end());
      answer(client, request);
    } else if (authorization !== request.headers['proxy-authorization']) {
      client.end('HTTP/1.1 407 Nothing without a password\r\nContent-Length: 0\r\n\r\n');
    } else tunnel(request.url ?? '', client, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const sum = (count: 'bytesRead' | 'bytesWritten'): number =>
    sockets.reduce((total, socket) => total + socket[count], 0);
  return {
    proxy: {
      host: '127.0.0.1',
      port,
      ...(certificate && { tls: { ca: certificate.cert } }),
      ...(authorization !== undefined && { authorization }),
    },
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${String(port)}`,
    tunnels,
    get seen() {
      return {
        connections: sockets.length,
        bytesUp: sum('bytesRead'),
        bytesDown: sum('bytesWritten'),
      };
    },
    async settled() {
      while (sockets.some(({ closed }) => !closed)) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

function tunnel(authority: string, client: Duplex, head: Buffer): void {
  const { hostname, port } = new URL(`http://${authority}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const upstream = connect({ host, port: Number(port), noDelay: true });
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => client.destroy());
  // With nobody left to hand it to, what the client still says is heard all the same.
  upstream.on('close', () => client.end().resume());
  client.on('close', () => upstream.destroy());
}
