import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';
import type { Script } from '../scenario/script.ts';
import { createKeyCheck } from './api-key.ts';
import { type Certificate, generateCertificate } from './certificate.ts';
import { createHttpFront } from './http-front.ts';
import { KEEP_ALIVE_TIMEOUT_MS } from './limits.ts';
import { createModels, type SoleScript } from './models.ts';
import { createPacer } from './pacer.ts';
import type { Profile } from './profile.ts';
import { createResponder } from './responder.ts';
import { createResponseStore } from './response-store.ts';
import { createUpgrades } from './upgrade.ts';
import { serveWebSocket } from './ws-front.ts';

/** What the mock serves, where, and how fast. */
export interface MockOptions {
  host: string;
  /** 0 picks a free one. */
  port: number;
  /** `files` carries PEM text. */
  tls: { kind: 'off' } | { kind: 'generated' } | { kind: 'files'; cert: string; key: string };
  /** Each answers the model of its name. */
  scripts: readonly Script[];
  /** Answers every model name, in place of `scripts`. */
  script?: SoleScript;
  profile: Profile;
  /** Demanded of every client, if given. */
  apiKey?: string;
}

/** A mock that accepts connections. */
export interface RunningMock {
  /** Base URL for clients, such as `http://127.0.0.1:8787/v1`. */
  url: string;
  /** The certificate to trust, as PEM text, if the mock made its own. */
  ca?: string;
  port: number;
  /** Drops all connections and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts a Responses API server that speaks HTTP (JSON and SSE) and WebSocket on one port.
 * @throws UsageError if the address can't be listened on or the certificate isn't usable
 */
export async function startMock(options: MockOptions): Promise<RunningMock> {
  const { host, port, tls, scripts, script, profile, apiKey } = options;
  const certificate = tls.kind === 'generated' ? await generateCertificate(host) : undefined;
  const server = createServer(tls.kind === 'files' ? tls : certificate);
  const pacer = createPacer();
  const store = createResponseStore();
  const responder = createResponder({ findModel: createModels(scripts, script), profile, store });
  const checkKey = createKeyCheck(apiKey);

  const upgrades = createUpgrades(checkKey, (webSocket, socket) => {
    serveWebSocket(webSocket, socket, { responder, pacer });
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.on('request', createHttpFront({ responder, pacer, checkKey }));
  server.on('upgrade', (request, socket, head) => {
    upgrades.handle(request, socket, head);
  });
  const address = await listen(server, port, host);

  return {
    url: `${certificate || tls.kind === 'files' ? 'https' : 'http'}://${urlHost(address)}:${address.port}/v1`,
    ...(certificate && { ca: certificate.cert }),
    port: address.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      upgrades.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function createServer(certificate: Certificate | undefined): Server {
  if (certificate === undefined) return createHttpServer();
  const { cert, key } = certificate;
  try {
    return createHttpsServer({ cert, key });
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

/** An address that clients on this machine can dial. */
function urlHost({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
}
