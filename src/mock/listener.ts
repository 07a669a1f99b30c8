import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createSecureServer, type SecureServerOptions } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { UsageError } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import {
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_CONNECTIONS,
  MAX_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
} from './limits.ts';

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
 * Starts to listen, with TLS if there is a certificate.
 * @throws UsageError if the address can't be listened on or the certificate isn't usable
 */
export async function startListener(
  { host, port, certificate }: { host: string; port: number; certificate: Certificate | undefined },
  onRequest: RequestListener,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Listener> {
  const server = certificate
    ? createTlsServer(certificate, onRequest)
    : createServer({ maxHeaderSize: MAX_HEADER_BYTES }, onRequest);
  Object.assign(server, {
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxConnections: MAX_CONNECTIONS,
  });
  server.on('upgrade', onUpgrade);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // Node's HTTP/1 servers do so themselves, its HTTP/2 servers don't: Nagle would hold parts of an answer for 40 ms.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const address = await listen(server, port, host);
  let closed: Promise<unknown> | undefined;
  const stopAccepting = (): void => {
    closed ??= new Promise((resolve) => server.close(resolve));
  };
  return {
    address,
    connections: () => sockets.size,
    stopAccepting,
    async close() {
      stopAccepting();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Flow control of HTTP/2 lets a whole request through: with Node's windows of 64 KB, longer ones would wait for a round
 * trip that servers with larger windows don't ask for.
 */
function createTlsServer({ cert, key }: Certificate, onRequest: RequestListener): Server {
  try {
    const server = createSecureServer({
      cert,
      key,
      allowHTTP1: true,
      handshakeTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      settings: { initialWindowSize: MAX_BODY_BYTES },
    } as SecureServerOptions);
    server.on('session', (session) => {
      session.setLocalWindowSize(MAX_BODY_BYTES);
    });
    // Node's HTTP/2 requests and responses can be used as those of HTTP/1; only the types say otherwise.
    return server.on('request', onRequest as (...args: unknown[]) => void);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `TLS: expected a certificate and its private key as PEM text, which fit together: ${reason}`,
      { cause },
    );
  }
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = listenFailures.get(cause.code) ?? cause.message;
      reject(new UsageError(`cannot listen on ${host}:${port}: ${reason}`, { cause }));
    });
    server.listen(port, host, () => {
      resolve(server.address() as AddressInfo);
    });
  });
}

const listenFailures: ReadonlyMap<string | undefined, string> = new Map([
  ['EADDRINUSE', 'the port is taken; choose another one, or 0 for any that is free'],
  ['EACCES', 'not allowed; choose a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address; 127.0.0.1 always works'],
  ['ENOTFOUND', 'no such host; 127.0.0.1 always works'],
]);
