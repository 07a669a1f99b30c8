import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket, Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificate.ts';
import { continueUnlessTooLong } from './expect-continue.ts';
import { type ListenerLimits, MAX_HEADER_BYTES } from './limits.ts';
import { openPort } from './open-port.ts';
import { LOOPBACK, type Relay } from './relay.ts';
import { overTls } from './tls-listener.ts';

/** One port that speaks HTTP/1.1, its upgrades, and over TLS HTTP/2 too. */
export interface Listener {
  address: AddressInfo;
  readonly connections: () => number;
  /** Accepts no more connections; those there are stay. */
  stopAccepting(): void;
  /** Drops all connections and frees the port. */
  close(): Promise<void>;
}

/**
 * A listener that has begun to listen, with TLS if there is a certificate.
 * @throws UsageError if the address can't be listened on or the certificate isn't usable
 */
export async function startListener(
  {
    host,
    port,
    certificate,
    limits,
    relay,
  }: {
    host: string;
    port: number;
    certificate: Certificate | undefined;
    limits: ListenerLimits;
    /** What every connection goes through. */
    relay?: Relay | undefined;
  },
  onRequest: RequestListener,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Listener> {
  const http = createHttpServer(limits, onRequest);
  http.on('upgrade', onUpgrade);
  const server = certificate ? overTls(certificate, http, limits, onRequest) : http;
  server.maxConnections = limits.maxConnections;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // Node's HTTP/1 server does so itself, its TLS server doesn't: Nagle would hold parts of an answer for 40 ms.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const address = await (relay
    ? openBehind(relay, server, port, host)
    : openPort(server, port, host));
  let closed: Promise<unknown> | undefined;
  const stopAccepting = (): void => {
    relay?.stopAccepting();
    closed ??= new Promise((resolve) => server.close(resolve));
  };
  return {
    address,
    connections: () => sockets.size,
    stopAccepting,
    async close() {
      stopAccepting();
      relay?.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function createHttpServer(limits: ListenerLimits, onRequest: RequestListener): Server {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = limits;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Node looks every 30 s unless told: a limit of 10 s would be one of 40.
      connectionsCheckingInterval: Math.ceil(headersTimeoutMs / 10),
    },
    onRequest,
  );
  return server.on('checkContinue', continueUnlessTooLong(onRequest));
}

async function openBehind(
  relay: Relay,
  server: TcpServer,
  port: number,
  host: string,
): Promise<AddressInfo> {
  const own = await openPort(server, 0, LOOPBACK);
  try {
    return await relay.open(host, port, own.port);
  } catch (error) {
    server.close();
    throw error;
  }
}
