import { createServer as createHttpServer, type RequestListener } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generateCertificate } from '../../src/listen/certificate.ts';
import { atEnd } from './cleanup.ts';

/** A server that is not ours, on a free port of the loopback; it ends with the test file. */
export interface StrangeServer {
  port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections open now. */
  readonly open: number;
}

/** Answers HTTP in its own way. */
export function httpServerForTest(listener: RequestListener): Promise<StrangeServer> {
  return listenForTest(createHttpServer(listener));
}

/** Does what it wants with every connection. */
export function tcpServerForTest(onSocket: (socket: Socket) => void): Promise<StrangeServer> {
  return listenForTest(createTcpServer(onSocket));
}

/** Speaks TLS under a certificate that only its CA vouches for. */
export async function tlsServerForTest(
  onSocket: (socket: Socket) => void,
): Promise<StrangeServer & { ca: string }> {
  const { cert, key } = await generateCertificate('localhost');
  const server = createTlsServer({ cert, key, ALPNProtocols: ['http/1.1'] }, onSocket);
  // A client that gives up on the handshake is what such a server is for.
  server.on('tlsClientError', () => undefined);
  return Object.assign(await listenForTest(server), { ca: cert });
}

/** A port of the loopback that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Headers and body of an event stream that holds `text` and then ends. */
export function sendStream(response: Parameters<RequestListener>[1], text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
}

/** Starts a server on a free port; it ends with the test file. */
export async function listenForTest(server: Server): Promise<StrangeServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
  };
}
