import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { nowUs } from '../measure/clock.ts';
import { DialError } from './dial-error.ts';
import { handshakeTurn } from './handshake-pace.ts';
import type { Link } from './link.ts';
import { openTls, type TlsTarget } from './open-tls.ts';
import type { Proxy } from './proxy.ts';
import { settled } from './settled.ts';
import { trust } from './trust.ts';
import { blaming, openTunnel } from './tunnel.ts';

/** The place to connect to, and the way there. */
export interface DialTarget {
  /** Name or IP literal, an IPv6 one without brackets. */
  host: string;
  port: number;
  /** In place of a name lookup. */
  addresses?: readonly LookupAddress[];
  /** Absent for plain TCP. */
  tls?: TlsTarget;
  /** What to go through; the link lies before it. */
  proxy?: Proxy;
  /** Emulated link to put round the connection. */
  link?: Link;
}

/** An open connection: how long each phase of opening took, what was agreed, and how much travelled. */
export interface Connection {
  /** What to speak through: the TLS socket, or the raw one. */
  socket: Socket;
  /** Null where no name was looked up; the proxy's, where there is one. */
  dnsUs: number | null;
  /** To the proxy, where there is one. */
  tcpConnectUs: number;
  /** TLS with the proxy, if it wants that, and CONNECT until its answer; null without a proxy. */
  proxyUs: number | null;
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
  /**
   * How much longer than one way over the emulated link what came last was under way, by what went before it and by TCP's
   * windows, µs. NaN without a link.
   */
  heldUpUs(): number;
}

/**
 * A connection, opened in marked phases: name lookup, TCP, the proxy if there is one, TLS. All addresses of the name are tried.
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
  if (target.tls) trust(target.tls);
  const { proxy } = target;
  const first = proxy ?? target;
  const startUs = nowUs();
  const addresses = first.addresses ?? (await blaming(proxy, resolve(first.host, signal)));
  const dnsUs = nowUs() - startUs;
  const resume = pause?.();
  const pacedUs = target.tls || proxy?.tls ? await handshakeTurn(signal) : 0;
  resume?.();
  const connectUs = nowUs();
  const raw = await blaming(proxy, openTcp(first, addresses, signal));
  const linked = target.link?.attach(raw, linkedFromUs(raw, connectUs));
  const socket = linked?.socket ?? raw;
  if (linked) await blaming(proxy, settled('tcp', socket, raw, 'connect', signal));
  const connectedUs = nowUs();
  const way = proxy ? await openTunnel(proxy, target, { socket, raw }, signal) : socket;
  const throughUs = nowUs();
  // Not before our half of the handshake is on its way.
  if (target.tls && meanwhile) setImmediate(meanwhile);
  const { host, tls } = target;
  const secure = tls && (await openTls('tls', host, tls, { socket: way, raw }, signal));
  const securedUs = nowUs();

  return {
    socket: secure ?? way,
    dnsUs: addresses === undefined || first.addresses ? null : dnsUs,
    tcpConnectUs: connectedUs - connectUs,
    proxyUs: proxy ? throughUs - connectedUs : null,
    tlsHandshakeUs: secure ? securedUs - throughUs : null,
    wsUpgradeUs: null,
    deflate: null,
    pacedUs,
    addressFamily: familyOf(raw),
    tlsVersion: secure?.getProtocol() ?? null,
    alpn: secure?.alpnProtocol === false ? null : (secure?.alpnProtocol ?? null),
    sessionResumed: secure?.isSessionReused() ?? false,
    bytes: () => ({ sent: raw.bytesWritten, received: raw.bytesRead }),
    deliveredUs: () => linked?.deliveredUs() ?? NaN,
    heldUpUs: () => linked?.heldUpUs() ?? NaN,
  };
}

/** The time that opening a connection took, all phases together. */
export function openingUs(connection: Connection): number {
  const { dnsUs, tcpConnectUs, proxyUs, tlsHandshakeUs, wsUpgradeUs } = connection;
  return (dnsUs ?? 0) + tcpConnectUs + (proxyUs ?? 0) + (tlsHandshakeUs ?? 0) + (wsUpgradeUs ?? 0);
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
  { host, port }: Pick<DialTarget, 'host' | 'port'>,
  addresses: readonly LookupAddress[] | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connectTcp({
    host,
    port,
    noDelay: true,
    autoSelectFamily: true,
    ...(addresses && {
      lookup: (_host, _options, callback) => {
        callback(null, [...addresses]);
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

function familyOf(socket: Socket): 'IPv4' | 'IPv6' | null {
  return socket.remoteFamily === 'IPv4' || socket.remoteFamily === 'IPv6'
    ? socket.remoteFamily
    : null;
}
