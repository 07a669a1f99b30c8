import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { DialPhase } from './dial-error.ts';
import { settled } from './settled.ts';
import { type Trust, trust } from './trust.ts';

/** The settings of TLS with a host. */
export interface TlsTarget extends Trust {
  /** `false` accepts any certificate. */
  verify: boolean;
  /** The protocol to agree on. */
  alpn: 'h2' | 'http/1.1';
  /** A session to resume. @default none: every handshake is whole */
  session?: Buffer;
}

/**
 * TLS with `host` over an open socket, the lowest layer of which is `raw`.
 * @throws DialError in `phase` if the handshake fails, or the signal's reason if it aborts.
 */
export function openTls(
  phase: DialPhase,
  host: string,
  tls: TlsTarget,
  layers: { socket: Socket; raw: Socket },
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = connect({
    socket: layers.socket,
    host,
    // A name indication must be a name: RFC 6066 forbids IP addresses there.
    ...(isIP(host) === 0 && { servername: host }),
    secureContext: trust(tls),
    rejectUnauthorized: tls.verify,
    ALPNProtocols: [tls.alpn],
    ...(tls.session && { session: tls.session }),
  });
  return settled(phase, socket, layers.raw, 'secureConnect', signal);
}
