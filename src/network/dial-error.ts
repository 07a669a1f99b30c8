/** The phase of opening a connection that failed; `proxy` is all that it takes to get past one. */
export type DialPhase = 'dns' | 'tcp' | 'proxy' | 'tls';

/** Opening a connection failed in `phase`; the socket's error is the cause. */
export class DialError extends Error {
  override name = 'DialError';
  readonly phase: DialPhase;
  /** What a proxy answered. */
  readonly status: number | undefined;

  constructor(phase: DialPhase, cause: Error, status?: number) {
    // OpenSSL's own message is a line of its source; `reason` says the same in words.
    super((cause as { reason?: string }).reason ?? cause.message, { cause });
    this.phase = phase;
    this.status = status;
  }
}
