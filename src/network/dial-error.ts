import { isIPv4 } from 'node:net';

/**
 * The phase of opening a connection that failed; `proxy` is all that it takes to get past one, `socket` that this
 * machine had none to give, which is nobody's fault on the other side.
 */
export type DialPhase = 'dns' | 'tcp' | 'proxy' | 'tls' | 'socket';

/** The codes of a system that is out of files, or of memory for sockets. */
const USED_UP = new Set<string | undefined>(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Opening a connection failed in `phase`; the socket's error is the cause. */
export class DialError extends Error {
  override name = 'DialError';
  readonly phase: DialPhase;
  /** What a proxy answered. */
  readonly status: number | undefined;

  constructor(phase: DialPhase, cause: Error, status?: number) {
    super(wordsOf(cause), { cause });
    this.phase = hadNoSocket(cause) ? 'socket' : phase;
    this.status = status;
  }
}

/** All local ports are taken, too: to IPv6 the code may as well mean that this machine speaks none. */
function hadNoSocket({
  code,
  address = '',
}: NodeJS.ErrnoException & { address?: string }): boolean {
  return USED_UP.has(code) || (code === 'EADDRNOTAVAIL' && isIPv4(address));
}

/** What Node and OpenSSL say of their errors beside the message. */
interface Explained extends NodeJS.ErrnoException {
  reason?: string;
  /** Whose certificate it should have been, and the names that it holds. */
  host?: string;
  cert?: { subjectaltname?: string; subject?: { CN?: string } };
}

/** OpenSSL's own message is a line of its source, and Node leaves out the names where an address was asked for. */
function wordsOf({ code, message, reason, host, cert }: Explained): string {
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return reason ?? message;
  const names = (cert?.subjectaltname ?? cert?.subject?.CN ?? 'no name').split(', ');
  const shown = names.slice(0, SHOWN_NAMES).map((name) => name.replace(/^(DNS|IP Address):/, ''));
  const rest = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  return `the certificate is for ${shown.join(', ')}${rest}, not for ${host ?? 'this host'}`;
}

const SHOWN_NAMES = 4;
