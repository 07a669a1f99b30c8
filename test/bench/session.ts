/** A server to run sessions against. */
export interface Server {
  /** Base URL, such as `https://127.0.0.1:8787/v1`. */
  url: string;
  /** PEM of the certificate to trust. */
  ca?: string;
}

/** How long one session took. */
export interface SessionTimes {
  /** Every step, from its request's being ready to the arrival of the terminal event. */
  stepsMs: number[];
  /** From the first request's being ready, handshakes included, to the last terminal event. */
  sessionMs: number;
}
