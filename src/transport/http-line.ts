import { Client, type Dispatcher } from 'undici';
import { nowUs } from '../measure/clock.ts';
import type { ExchangeMarks } from '../measure/marks.ts';
import { closeSocket } from '../network/close.ts';
import { type Connection, type DialTarget, dial } from '../network/dial.ts';
import { limitConnect } from './connect-limit.ts';
import { dialFailure, EndpointFailure, noConnection } from './failure.ts';
import type { ResponseReader } from './http-response.ts';
import { markWritten } from './mark-written.ts';

/** Node's and undici's own limits must not end a step: the step's timeout does. */
const NO_LIMIT = 0;
const KEEP_ALIVE_MS = 600_000;

/** Where requests go and how they get there. */
export interface LineTarget {
  /** Scheme, host and port. */
  origin: string;
  dial: DialTarget;
  /** Whether anything but HTTP/2 is a failure. */
  http2: boolean;
  connectTimeoutMs: number;
}

/** A request to send. */
interface Post {
  path: string;
  headers: Record<string, string>;
  /** JSON text. */
  body: string;
}

/** One HTTP connection, and another in its place if the server closes it. */
export interface HttpLine {
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
  /** When the emulated link delivered the last of what was sent, µs; NaN without a link. */
  readonly deliveredUs: () => number;
  close(): Promise<void>;
}

/** A line that dials when it has its first request; `connections` gets every connection that it opens. */
export function openLine(target: LineTarget, connections: Connection[]): HttpLine {
  const own: Connection[] = [];
  /** Whose request is on the line; the connector and the socket write for it. */
  let current: { marks: ExchangeMarks; signal: AbortSignal } | undefined;
  /** Requests whose answers haven't ended. */
  let unanswered = 0;
  let closed: Promise<void> | undefined;

  const client = new Client(target.origin, {
    pipelining: 1,
    headersTimeout: NO_LIMIT,
    bodyTimeout: NO_LIMIT,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: (_options, callback) => {
      const { marks, signal } = current ?? unreachableCode();
      const startUs = nowUs();
      const limit = limitConnect(target.connectTimeoutMs, signal, () =>
        noConnection(target.connectTimeoutMs, target.dial.proxy),
      );
      dial(target.dial, limit.signal, limit.pause).then(
        (connection) => {
          limit.release();
          connections.push(connection);
          own.push(connection);
          markWritten(connection.socket, () => current?.marks);
          marks.handshakeUs = nowUs() - startUs - connection.pacedUs;
          if (target.http2 && connection.alpn !== 'h2') callback(noHttp2(), null);
          else callback(null, connection.socket);
        },
        (error: unknown) => {
          limit.release();
          marks.handshakeUs = nowUs() - startUs;
          callback(error as Error, null);
        },
      );
    },
  });

  /** The sockets first, so that what the peer still says is read and counted; the client tears them down unread. */
  async function hangUp(): Promise<void> {
    await Promise.all(own.map(({ socket }) => closeSocket(socket)));
    await client.destroy();
  }

  return {
    post({ path, headers, body }, marks, signal, reader, settled) {
      const bytes = Buffer.from(body);
      marks.payloadBytesSent = bytes.byteLength;
      current = { marks, signal };
      const queuedFromUs = unanswered > 0 ? nowUs() : NaN;
      unanswered++;
      const { handler, cancel } = handle(marks, queuedFromUs, signal, reader, () => {
        unanswered--;
        settled?.();
      });
      client.dispatch({ path, method: 'POST', headers, body: bytes }, handler);
      return cancel;
    },
    deliveredUs: () => own.at(-1)?.deliveredUs() ?? NaN,
    close() {
      closed ??= hangUp();
      return closed;
    },
  };
}

function handle(
  marks: ExchangeMarks,
  queuedFromUs: number,
  signal: AbortSignal,
  reader: ResponseReader,
  settled: () => void,
): { handler: Dispatcher.DispatchHandler; cancel: () => void } {
  let isSettled = false;
  let abort: ((reason: Error) => void) | undefined;
  const onAbort = (): void => {
    reader.fail(signal.reason as Error);
    abort?.(signal.reason as Error);
  };
  const settle = (): void => {
    isSettled = true;
    signal.removeEventListener('abort', onAbort);
    settled();
  };
  signal.addEventListener('abort', onAbort);

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(controller) {
      // Called when the connection is there and the request's turn has come.
      marks.writeStartUs = nowUs();
      if (!Number.isNaN(queuedFromUs)) {
        marks.queuedUs = Math.max(0, marks.writeStartUs - queuedFromUs - marks.handshakeUs);
      }
      abort = (reason) => {
        controller.abort(reason);
      };
    },
    onResponseStart(_controller, status, headers) {
      reader.start(status, headers);
    },
    onResponseData(_controller, chunk) {
      reader.data(chunk);
    },
    onResponseEnd() {
      reader.end();
      settle();
    },
    onResponseError(_controller, error) {
      reader.fail(signal.aborted ? (signal.reason as Error) : failureOf(error));
      settle();
    },
  };
  const cancel = (): void => {
    if (!isSettled) abort?.(new Error('nobody reads the answer'));
  };
  return { handler, cancel };
}

function noHttp2(): EndpointFailure {
  return new EndpointFailure('protocol', 'the server does not agree to HTTP/2', { code: 'no_h2' });
}

function failureOf(error: Error): Error {
  if (error instanceof EndpointFailure) return error;
  const failure = dialFailure(error);
  if (failure !== error) return failure;
  const { code } = error as NodeJS.ErrnoException;
  const kind = error.name === 'HTTPParserError' ? 'protocol' : 'closed';
  return new EndpointFailure(kind, error.message, { code, cause: error });
}

function unreachableCode(): never {
  throw new Error('the connector ran without a request');
}
