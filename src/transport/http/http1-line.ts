import { Client, type Dispatcher } from 'undici';
import { nowUs } from '../../measure/clock.ts';
import type { ExchangeMarks } from '../../measure/marks.ts';
import { closeSocket } from '../../network/close.ts';
import type { Connection } from '../../network/dial.ts';
import { dialFailure, EndpointFailure } from '../failure.ts';
import { limitAnswer } from './limit-answer.ts';
import { calledOff, connectLine, type HttpLine, type LineTarget, markSent } from './line.ts';
import { markWritten } from './mark-written.ts';
import type { ResponseReader } from './reader.ts';
import { skipContinue } from './skip-continue.ts';

/** Node's and undici's own limits must not end a step: the step's timeout does. */
const NO_LIMIT = 0;
/** Longer than any run: the most that a timer takes. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** A line over HTTP/1.1 that dials when it has its first request; `connections` gets every connection that it opens. */
export function openLine(target: LineTarget, connections: Connection[]): HttpLine {
  const own: Connection[] = [];
  /** Whose request is on the line; the connector and the socket write for it. */
  let current: { marks: ExchangeMarks; signal: AbortSignal } | undefined;
  /** Requests whose answers haven't ended. */
  let unanswered = 0;
  let awaitAnswer: (() => void) | undefined;
  let closed: Promise<void> | undefined;
  const keptMs = target.idleCloseMs ?? FOR_EVER_MS;

  const client = new Client(target.origin, {
    pipelining: 1,
    headersTimeout: NO_LIMIT,
    bodyTimeout: NO_LIMIT,
    // A server may ask for less by its Keep-Alive header, and for no more.
    keepAliveTimeout: keptMs,
    keepAliveMaxTimeout: keptMs,
    connect: (_options, callback) => {
      const { marks, signal } = current ?? unreachableCode();
      connectLine(target, marks, signal).then(
        (connection) => {
          connections.push(connection);
          own.push(connection);
          markWritten(connection.socket, () => current?.marks);
          awaitAnswer = skipContinue(connection.socket);
          callback(null, connection.socket);
        },
        (error: unknown) => {
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
      current = { marks, signal };
      const queuedFromUs = unanswered > 0 ? nowUs() : NaN;
      unanswered++;
      const { handler, cancel } = handle(
        () => {
          awaitAnswer?.();
          markSent(marks, bytes.byteLength, queuedFromUs);
        },
        (reason) => calledOff(reason, marks, queuedFromUs),
        signal,
        reader,
        () => {
          unanswered--;
          settled?.();
        },
      );
      client.dispatch({ path, method: 'POST', headers, body: bytes }, handler);
      return cancel;
    },
    deliveredUs: () => own.at(-1)?.deliveredUs() ?? NaN,
    heldUpUs: () => own.at(-1)?.heldUpUs() ?? NaN,
    close() {
      closed ??= hangUp();
      return closed;
    },
  };
}

function handle(
  begin: () => void,
  endOf: (reason: Error) => Error,
  signal: AbortSignal,
  unlimited: ResponseReader,
  settled: () => void,
): { handler: Dispatcher.DispatchHandler; cancel: () => void } {
  let isSettled = false;
  let abort: ((reason: Error) => void) | undefined;
  const reader = limitAnswer(unlimited, (failure) => {
    abort?.(failure);
  });
  const onAbort = (): void => {
    reader.fail(endOf(signal.reason as Error));
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
      begin();
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
      reader.fail(signal.aborted ? endOf(signal.reason as Error) : failureOf(error));
      settle();
    },
  };
  const cancel = (): void => {
    if (!isSettled) abort?.(new Error('nobody reads the answer'));
  };
  return { handler, cancel };
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
