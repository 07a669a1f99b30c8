import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { nowUs } from '../measure/clock.ts';
import { handshakeTurn } from './handshake-pace.ts';
import type { Link } from './link.ts';
import { trust } from './trust.ts';

/** Where to connect, and how. */
export interface DialTarget {
  /** Name or IP literal, an IPv6 one without brackets. */
  host: string;
  port: number;
  /** Absent for plain TCP. */
  tls?: {
    /** PEM of certificates to trust beside the built-in ones. */
    ca?: string;
    /** `false` accepts any certificate. */
    verify: boolean;
    /** The protocol to agree on. */
    alpn: 'h2' | 'http/1.1';
  };
  /** Emulated link to put round the connection. */
  link?: Link;
}

/** An open connection: how long each phase of opening took, what was agreed, and how much travelled. */
export interface Connection {
  /** What to speak through: the TLS socket, or the raw one. */
  socket: Socket;
  /** Null for an IP literal. */
  dnsUs: number | null;
  tcpConnectUs: number;
  /** Null without TLS. */
  tlsHandshakeUs: number | null;
  /** Filled in by whoever upgrades the connection. */
  wsUpgradeUs: number | null;
  /** Whether WebSocket compression was agreed on; filled in by whoever upgrades the connection. */
  deflate: boolean | null;
  /** Waited for its turn to begin a TLS handshake; part of none of the phases. */
  pacedUs: number;
  addressFamily: 'IPv4' | 'IPv6' | null;
  tlsVersion: string | null;
  alpn: string | null;
  sessionResumed: boolean;
  /** TCP payload both ways so far, counted on the raw socket below TLS; stays readable after the close. */
  bytes(): { sent: number; received: number };
  /**
   * When the last of the bytes that have reached the far side of the emulated link did, µs on the process clock.
   * NaN without a link.
   */
  deliveredUs(): number;
}

/** Opening a connection failed in `phase`; the socket's error is the cause. */
export class DialError extends Error {
  override name = 'DialError';
  readonly phase: 'dns' | 'tcp' | 'tls';

  constructor(phase: 'dns' | 'tcp' | 'tls', cause: Error) {
    // OpenSSL's own message is a line of its source; `reason` says the same in words.
    super((cause as { reason?: string }).reason ?? cause.message, { cause });
    this.phase = phase;
  }
}

/**
 * Opens a connection in three marked phases: name lookup, TCP, TLS. All addresses of the name are tried.
 * @param pause called when the connection begins to wait for its turn, which is no fault of the other side; what it
 *   returns is called when the wait is over
 * @param meanwhile called once while a TLS handshake is under way: for work that needs no connection yet; must
 *   not throw
 * @throws DialError if a phase fails, or the signal's reason if it aborts.
 */
export async function dial(
  target: DialTarget,
  signal: AbortSignal,
  pause?: () => () => void,
  meanwhile?: () => void,
): Promise<Connection> {
  signal.throwIfAborted();
  // Ours alone, and long for the first: in no phase of this connection, nor of another that is being opened meanwhile.
  if (target.tls) trust(target.tls.ca);
  const startUs = nowUs();
  const addresses = await resolve(target.host, signal);
  const dnsUs = nowUs() - startUs;
  const resume = pause?.();
  const pacedUs = target.tls ? await handshakeTurn(signal) : 0;
  resume?.();
  const connectUs = nowUs();
  const raw = await openTcp(target, addresses, signal);
  const linked = target.link?.attach(raw, linkedFromUs(raw, connectUs));
  const socket = linked?.socket ?? raw;
  if (linked) await settled('tcp', socket, raw, 'connect', signal);
  const connectedUs = nowUs();
  // Not before our half of the handshake is on its way.
  if (target.tls && meanwhile) setImmediate(meanwhile);
  const secure = target.tls && (await openTls(target, socket, signal));
  const securedUs = nowUs();

  return {
    socket: secure ?? socket,
    dnsUs: addresses === undefined ? null : dnsUs,
    tcpConnectUs: connectedUs - connectUs,
    tlsHandshakeUs: secure ? securedUs - connectedUs : null,
    wsUpgradeUs: null,
    deflate: null,
    pacedUs,
    addressFamily: familyOf(raw),
    tlsVersion: secure?.getProtocol() ?? null,
    alpn: secure?.alpnProtocol === false ? null : (secure?.alpnProtocol ?? null),
    sessionResumed: secure?.isSessionReused() ?? false,
    bytes: () => ({ sent: raw.bytesWritten, received: raw.bytesRead }),
    deliveredUs: () => linked?.deliveredUs() ?? NaN,
  };
}

/** How long opening a connection took, all phases together. */
export function openingUs(connection: Connection): number {
  const { dnsUs, tcpConnectUs, tlsHandshakeUs, wsUpgradeUs } = connection;
  return (dnsUs ?? 0) + tcpConnectUs + (tlsHandshakeUs ?? 0) + (wsUpgradeUs ?? 0);
}

async function resolve(host: string, signal: AbortSignal): Promise<LookupAddress[] | undefined> {
  if (isIP(host) !== 0) return undefined;
  try {
    return await unlessAborted(lookup(host, { all: true }), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new DialError('dns', error as Error);
  }
}

/** A lookup can't be called off; nobody has to wait for it, though. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolvePromise, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort);
    void work.then(resolvePromise, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

function openTcp(
  target: DialTarget,
  addresses: LookupAddress[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connectTcp({
    host: target.host,
    port: target.port,
    noDelay: true,
    autoSelectFamily: true,
    ...(addresses && {
      lookup: (_host, _options, callback) => {
        callback(null, addresses);
      },
    }),
  });
  return settled('tcp', socket, socket, 'connect', signal);
}

/**
 * From when the emulated handshake counts. On one machine the real one is local work and passes within it; over
 * a real path the link's round trip comes on top.
 */
function linkedFromUs(raw: Socket, startUs: number): number {
  return raw.remoteAddress === raw.localAddress ? startUs : nowUs();
}

function openTls(target: DialTarget, raw: Socket, signal: AbortSignal): Promise<TLSSocket> {
  const socket = connectTls({
    socket: raw,
    host: target.host,
    // A name indication must be a name: RFC 6066 forbids IP addresses there.
    ...(isIP(target.host) === 0 && { servername: target.host }),
    secureContext: trust(target.tls?.ca),
    rejectUnauthorized: target.tls?.verify ?? true,
    ALPNProtocols: [target.tls?.alpn ?? 'http/1.1'],
  });
  return settled('tls', socket, raw, 'secureConnect', signal);
}

/** The socket once it has emitted `event`; every other end destroys both layers and throws. */
function settled<T extends Socket>(
  phase: 'tcp' | 'tls',
  socket: T,
  raw: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolvePromise, reject) => {
    const release = (): void => {
      socket.off(event, onOpen).off('error', onError).off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      release();
      // Either layer may still report an error while it is torn down; nobody else listens any more.
      socket.on('error', ignore).destroy();
      raw.on('error', ignore).destroy();
      reject(error);
    };
    const onOpen = (): void => {
      release();
      resolvePromise(socket);
    };
    const onError = (error: Error): void => {
      fail(new DialError(phase, error));
    };
    const onClose = (): void => {
      fail(new DialError(phase, new Error('the peer closed the connection')));
    };
    const onAbort = (): void => {
      fail(signal.reason as Error);
    };
    socket.on(event, onOpen).on('error', onError).on('close', onClose);
    signal.addEventListener('abort', onAbort);
  });
}

function ignore(): void {
  // Already reported.
}

function familyOf(socket: Socket): 'IPv4' | 'IPv6' | null {
  return socket.remoteFamily === 'IPv4' || socket.remoteFamily === 'IPv6'
    ? socket.remoteFamily
    : null;
}
