import type { AddressInfo } from 'node:net';
import type { Script } from '../scenario/script.ts';
import { createKeyCheck } from './api-key.ts';
import { generateCertificate } from './certificate.ts';
import { createHttpFront } from './http-front.ts';
import { startListener } from './listener.ts';
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
  const generated = tls.kind === 'generated' ? await generateCertificate(host) : undefined;
  const pacer = createPacer();
  const store = createResponseStore();
  const responder = createResponder({ findModel: createModels(scripts, script), profile, store });
  const checkKey = createKeyCheck(apiKey);

  const upgrades = createUpgrades(checkKey, (webSocket, socket) => {
    serveWebSocket(webSocket, socket, { responder, pacer });
  });
  const listener = await startListener(
    { host, port, certificate: tls.kind === 'files' ? tls : generated },
    createHttpFront({ responder, pacer, checkKey }),
    upgrades.handle,
  );
  const { address } = listener;

  return {
    url: `${tls.kind === 'off' ? 'http' : 'https'}://${urlHost(address)}:${address.port}/v1`,
    ...(generated && { ca: generated.cert }),
    port: address.port,
    async close() {
      upgrades.close();
      await listener.close();
    },
  };
}

/** An address that clients on this machine can dial. */
function urlHost({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return family === 'IPv6' ? `[${address}]` : address;
}
