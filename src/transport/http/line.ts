import { nowUs } from '../../measure/clock.ts';
import type { ExchangeMarks } from '../../measure/marks.ts';
import { type Connection, type DialTarget, dial, openingUs } from '../../network/dial.ts';
import { limitConnect } from '../connect-limit.ts';
import { EndpointFailure, noConnection } from '../failure.ts';
import type { ResponseReader } from './reader.ts';

/** The place where requests go, and the way there. */
export interface LineTarget {
  /** Scheme, host and port. */
  origin: string;
  dial: DialTarget;
  connectTimeoutMs: number;
  /** How long a connection may lie idle before it is closed; null: for ever. */
  idleCloseMs: number | null;
}

/** A request to send. */
export interface Post {
  path: string;
  headers: Record<string, string>;
  /** JSON text. */
  body: string;
}

/** What the emulated link knows of a connection, µs; NaN without one. */
export interface LinkTimes {
  /** When it delivered the last of what was sent. */
  readonly deliveredUs: () => number;
  /** How much longer than one way what came last was under way. */
  readonly heldUpUs: () => number;
}

/** One HTTP connection, and another in its place if the server closes it. Its requests go one after another. */
export interface HttpLine extends LinkTimes {
  /**
   * Sends a request; its answer, or what became of it, goes to the reader. `settled` is called when all is over.
   * @returns what calls it off, if it isn't over: an answer that nobody reads must not hold up the next
   */
  post(
    post: Post,
    marks: ExchangeMarks,
    signal: AbortSignal,
    reader: ResponseReader,
    settled?: () => void,
  ): () => void;
  close(): Promise<void>;
}

/**
 * A connection for the request that is to go first over it, and pays for it.
 * @throws DialError, EndpointFailure if it takes too long, or the signal's reason
 */
export async function connectLine(
  target: LineTarget,
  marks: ExchangeMarks,
  signal: AbortSignal,
): Promise<Connection> {
  const startUs = nowUs();
  const limit = limitConnect(target.connectTimeoutMs, signal, () =>
    noConnection(target.connectTimeoutMs, target.dial.proxy),
  );
  try {
    const connection = await dial(target.dial, limit.signal, limit.pause);
    marks.handshakeUs = openingUs(connection);
    return connection;
  } catch (error) {
    marks.handshakeUs = nowUs() - startUs;
    throw error;
  } finally {
    limit.release();
  }
}

/** Notes that a request begins to be sent; `queuedFromUs` is when it began to wait for the answer before it, or NaN. */
export function markSent(marks: ExchangeMarks, payloadBytes: number, queuedFromUs: number): void {
  marks.writeStartUs = nowUs();
  marks.payloadBytesSent = payloadBytes;
  if (Number.isNaN(queuedFromUs)) return;
  marks.queuedUs = Math.max(0, marks.writeStartUs - queuedFromUs - marks.handshakeUs);
}

/** The reason why a request ended that was called off: one that never left has only waited for the answer before it. */
export function calledOff(reason: Error, marks: ExchangeMarks, queuedFromUs: number): Error {
  if (Number.isNaN(queuedFromUs) || !Number.isNaN(marks.writeStartUs)) return reason;
  marks.queuedUs = nowUs() - queuedFromUs;
  if (!(reason instanceof EndpointFailure) || reason.kind !== 'timeout') return reason;
  const message = 'the answer before it did not come to its end, so the request was not sent';
  return new EndpointFailure('timeout', message, { code: 'previous_answer' });
}
