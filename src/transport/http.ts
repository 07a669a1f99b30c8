import { Client, type Dispatcher } from 'undici';
import { nowUs } from '../measure/clock.ts';
import type { ExchangeMarks } from '../measure/marks.ts';
import { closeSocket } from '../network/close.ts';
import { type Connection, type DialTarget, dial } from '../network/dial.ts';
import type { CreateRequest } from '../protocol/request.ts';
import { createEventQueue, type EventQueue } from './event-queue.ts';
import { dialFailure, EndpointFailure } from './failure.ts';
import { responseReader } from './http-response.ts';
import { markWritten } from './mark-written.ts';
import { dialTargetOf, requestPath } from './target.ts';
import type { Endpoint, Transport } from './transport.ts';

/** Node's and undici's own limits must not end a step: the step's timeout does. */
const NO_LIMIT = 0;
const KEEP_ALIVE_MS = 600_000;

/** An undici client with its own connector, so that every phase of dialling is marked. */
interface Line {
  client: Client;
  /** More than one only where the server closed a kept connection. */
  connections: Connection[];
  /** Whose request is on the line; the connector and the socket write for it. */
  current: { marks: ExchangeMarks; signal: AbortSignal } | undefined;
  /** Requests whose answers haven't ended. */
  unanswered: number;
  /** Set once the line is being closed. */
  closed: Promise<void> | undefined;
}

/** How HTTP uses its connections. */
export type HttpPolicy = 'per-call' | 'kept' | 'http2';

/**
 * HTTP: `per-call` opens an HTTP/1.1 connection for every request and closes it after the answer; `kept` uses one
 * for the whole session (and another if the server closes it); `http2` does the same with HTTP/2.
 */
export function createHttpTransport(endpoint: Endpoint, policy: HttpPolicy): Transport {
  const target = dialTargetOf(endpoint, policy === 'http2' ? 'h2' : 'http/1.1');
  const connections: Connection[] = [];
  const lines: Line[] = [];

  function lineForRequest(): Line {
    const kept = policy === 'per-call' ? undefined : lines[0];
    if (kept !== undefined) return kept;
    const line = openLine(policy, endpoint, target, connections);
    lines.push(line);
    return line;
  }

  return {
    connections,
    async *exchange(request, marks, signal) {
      const line = lineForRequest();
      line.current = { marks, signal };
      const queue = createEventQueue();
      send(line, endpoint, request, marks, signal, queue, () => {
        if (policy === 'per-call') void hangUp(line);
      });
      yield* queue.drain();
    },
    async close() {
      await Promise.all(lines.map(hangUp));
    },
  };
}

function openLine(
  policy: HttpPolicy,
  endpoint: Endpoint,
  target: DialTarget,
  connections: Connection[],
): Line {
  const line: Line = {
    current: undefined,
    connections: [],
    unanswered: 0,
    closed: undefined,
    client: new Client(endpoint.baseUrl.origin, {
      pipelining: 1,
      headersTimeout: NO_LIMIT,
      bodyTimeout: NO_LIMIT,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: (_options, callback) => {
        const { marks, signal } = line.current ?? unreachableCode();
        const startUs = nowUs();
        dial(target, signal).then(
          (connection) => {
            connections.push(connection);
            line.connections.push(connection);
            markWritten(connection.socket, () => line.current?.marks);
            marks.handshakeUs = nowUs() - startUs - connection.pacedUs;
            if (policy === 'http2' && connection.alpn !== 'h2') callback(noHttp2(), null);
            else callback(null, connection.socket);
          },
          (error: unknown) => {
            marks.handshakeUs = nowUs() - startUs;
            callback(error as Error, null);
          },
        );
      },
    }),
  };
  return line;
}

function send(
  line: Line,
  endpoint: Endpoint,
  request: CreateRequest,
  marks: ExchangeMarks,
  signal: AbortSignal,
  queue: EventQueue,
  onClosed: () => void,
): void {
  const body = Buffer.from(JSON.stringify(request));
  marks.payloadBytesSent = body.byteLength;
  const { client, connections } = line;
  const queuedFromUs = line.unanswered > 0 ? nowUs() : NaN;
  line.unanswered++;
  const deliveredUs = (): number => connections.at(-1)?.deliveredUs() ?? NaN;
  const reader = responseReader(marks, queue, deliveredUs);
  let abort: ((reason: Error) => void) | undefined;
  const onAbort = (): void => {
    queue.end(signal.reason as Error);
    abort?.(signal.reason as Error);
  };
  const settle = (): void => {
    signal.removeEventListener('abort', onAbort);
    line.unanswered--;
    onClosed();
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
      queue.end(signal.aborted ? (signal.reason as Error) : failureOf(error));
      settle();
    },
  };
  client.dispatch(
    {
      path: requestPath(endpoint.baseUrl),
      method: 'POST',
      headers: {
        ...endpoint.headers,
        'content-type': 'application/json',
        accept: 'text/event-stream',
      },
      body,
    },
    handler,
  );
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

function hangUp(line: Line): Promise<void> {
  line.closed ??= closeLine(line);
  return line.closed;
}

/** The sockets first, so that what the peer still says is read and counted; the client tears them down unread. */
async function closeLine({ client, connections }: Line): Promise<void> {
  await Promise.all(connections.map(({ socket }) => closeSocket(socket)));
  await client.destroy();
}

function unreachableCode(): never {
  throw new Error('the connector ran without a request');
}
