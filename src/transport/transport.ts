import type { LookupAddress } from 'node:dns';
import type { ExchangeMarks } from '../measure/marks.ts';
import type { Connection } from '../network/dial.ts';
import type { Link } from '../network/link.ts';
import type { Proxy } from '../network/proxy.ts';
import type { Identity } from '../network/trust.ts';
import type { StreamEvent } from '../protocol/events.ts';
import type { WireItem } from '../protocol/items.ts';
import type { CompactRequest, CreateRequest } from '../protocol/request.ts';

export type { Connection };

/**
 * A transport: how one request travels and its events come back. One serves one session, one exchange at a time;
 * it dials when it needs to, so that the first step pays for its connection whatever the transport.
 *
 * Implementations live in `http/` and `ws/` and are collected in `index.ts`.
 */
export interface Transport {
  /**
   * Sends a request and yields its events until the terminal one, in batches of what came together, stamping `marks` as
   * things happen.
   * @throws EndpointFailure if the endpoint fails, or the signal's reason if it aborts.
   */
  exchange(
    request: CreateRequest,
    marks: ExchangeMarks,
    signal: AbortSignal,
  ): AsyncIterable<readonly StreamEvent[]>;
  /**
   * Whether the next exchange goes over the same live connection as the last one did, so that what the server keeps
   * with a connection is still there. HTTP promises nothing of the kind: always `false`.
   */
  holdsSession(): boolean;
  /**
   * Why the connection of the last exchange takes no other: our own limit (`rotation`, `idle`, `ping_timeout`), an
   * error that the endpoint sent unasked, or the code that it closed with. Undefined where nobody knows.
   */
  sessionEnd(): string | undefined;
  /**
   * Has a conversation made shorter by `POST {base}/responses/compact`, over HTTP whatever the transport; `marks` are
   * stamped as in an exchange.
   * @returns the input that stands for the conversation from now on, to be sent as it is
   * @throws EndpointFailure if the endpoint fails, or the signal's reason if it aborts.
   */
  compact(request: CompactRequest, marks: ExchangeMarks, signal: AbortSignal): Promise<WireItem[]>;
  /** Every connection opened so far. */
  readonly connections: readonly Connection[];
  /** Ends the session: resolves when every connection is closed and its bytes are final. */
  close(): Promise<void>;
}

/** The end of a connection over which more answers came than requests went: they may have been each other's. */
export const DOUBTFUL_ANSWERS = 'doubtful_answers';

/** The way to an endpoint, and as whom it is gone. */
export interface Way {
  /** What every connection goes through, whatever the transport. */
  proxy?: Proxy;
  /** Where to connect, in place of a name lookup. */
  addresses?: readonly LookupAddress[];
  /** Shown to a server that asks for a client's certificate. */
  identity?: Identity;
}

/** A Responses API endpoint and what to present to it. */
export interface Endpoint {
  /** For example `https://api.openai.com/v1`. */
  baseUrl: URL;
  /** Whether `/responses` below it is asked for as `/responses/`, where the endpoint sent us. */
  slash?: boolean;
  /** Sent with every request and upgrade. */
  headers: Readonly<Record<string, string>>;
  /** PEM of a certificate authority to trust beside the built-in ones. */
  ca?: string;
  /** Accept any certificate of the endpoint. */
  insecure: boolean;
  /** Subprotocols to offer with an upgrade. */
  webSocketProtocols?: readonly string[];
  /** How it is reached; absent: straight, as nobody in particular. */
  way?: Way;
  /** Emulated link to put round every connection. */
  link?: Link;
}
