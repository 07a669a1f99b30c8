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
    const { code, reason } = cause as NodeJS.ErrnoException & { reason?: string };
    // OpenSSL's own message is a line of its source; `reason` says the same in words.
    super(reason ?? cause.message, { cause });
    this.phase = USED_UP.has(code) ? 'socket' : phase;
    this.status = status;
  }
}
