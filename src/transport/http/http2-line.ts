import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { nowUs } from '../../measure/clock.ts';
import type { ExchangeMarks } from '../../measure/marks.ts';
import { closeSocket } from '../../network/close.ts';
import type { Connection } from '../../network/dial.ts';
import { dialFailure, EndpointFailure } from '../failure.ts';
import { limitAnswer } from './limit-answer.ts';
import {
  calledOff,
  connectLine,
  type HttpLine,
  type LineTarget,
  markSent,
  type Post,
} from './line.ts';
import type { ResponseReader } from './reader.ts';

/** So much may be under way to us, on a stream and in all, before we must say that there is room. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const SESSION_WINDOW_BYTES = 512 * 1024;

/**
 * A line over HTTP/2, on Node's own client: a server may end a session whenever it likes (GOAWAY), which lets answers
 * under way come to their end; the next request dials anew. `connections` gets every connection that it opens.
 */
export function openHttp2Line(target: LineTarget, connections: Connection[]): HttpLine {
  const own: Connection[] = [];
  let session: ClientHttp2Session | undefined;
  /** The requests so far, each until its answer has ended. */
  let answers: Promise<void> = Promise.resolve();
  let unanswered = 0;
  let closed: Promise<void> | undefined;

  /** The session for a request, which dials if there is none that takes it. */
  async function sessionFor(
    marks: ExchangeMarks,
    signal: AbortSignal,
  ): Promise<ClientHttp2Session> {
    if (session?.closed === false && !session.destroyed) return session;
    const connection = await connectLine(target, marks, signal);
    connections.push(connection);
    own.push(connection);
    if (connection.alpn !== 'h2') throw noHttp2();
    const opened = sessionOver(connection, target.origin);
    // An answer under way may be silent for longer.
    opened.setTimeout(target.idleCloseMs ?? 0, () => {
      if (unanswered === 0) opened.close();
    });
    session = opened;
    return session;
  }

  async function exchange(
    { path, headers, body }: Post,
    marks: ExchangeMarks,
    signal: AbortSignal,
    reader: ResponseReader,
    queuedFromUs: number,
  ): Promise<void> {
    const bytes = Buffer.from(body);
    const open = await sessionFor(marks, signal);
    signal.throwIfAborted();
    markSent(marks, bytes.byteLength, queuedFromUs);
    const stream = open.request({
      ...headers,
      ':method': 'POST',
      ':path': path,
      'content-length': bytes.byteLength,
    });
    stream.end(bytes);
    await readAnswer(stream, reader, signal);
  }

  /** The sockets first, so that what the peer still says is read and counted. */
  async function hangUp(): Promise<void> {
    await Promise.all(own.map(({ socket }) => closeSocket(socket)));
    session?.destroy();
  }

  return {
    post(post, marks, signal, reader, settled) {
      const queuedFromUs = unanswered > 0 ? nowUs() : NaN;
      unanswered++;
      const over = new AbortController();
      const end = (reason: Error): void => {
        reader.fail(calledOff(reason, marks, queuedFromUs));
        over.abort(reason);
      };
      const onAbort = (): void => {
        end(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort);
      const answer = answers
        .then(() => exchange(post, marks, over.signal, limitAnswer(reader, end), queuedFromUs))
        .catch((error: unknown) => {
          reader.fail(failureOf(error as Error));
        })
        .finally(() => {
          unanswered--;
          signal.removeEventListener('abort', onAbort);
          settled?.();
        });
      answers = answer;
      return () => {
        over.abort(new Error('nobody reads the answer'));
      };
    },
    deliveredUs: () => own.at(-1)?.deliveredUs() ?? NaN,
    heldUpUs: () => own.at(-1)?.heldUpUs() ?? NaN,
    close() {
      closed ??= hangUp();
      return closed;
    },
  };
}

function sessionOver({ socket }: Connection, origin: string): ClientHttp2Session {
  const session = connect(origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
  });
  session.once('connect', () => {
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  });
  // Whoever waits for an answer hears of it from the stream.
  session.on('error', () => undefined);
  return session;
}

/** Reads an answer until its end; throws what it breaks off with, and breaks it off when the signal aborts. */
function readAnswer(
  stream: ClientHttp2Stream,
  reader: ResponseReader,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const onAbort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
    };
    signal.addEventListener('abort', onAbort);
    stream.on('error', (error: Error) => {
      failure = error;
    });
    // Node may hand over the body of an answer before it tells of its headers, to whoever listens by then.
    stream.once('response', ({ ':status': status = 0, ...headers }) => {
      reader.start(status, headers);
      stream.on('data', (chunk: Buffer) => {
        reader.data(chunk);
      });
      stream.once('end', () => {
        // So ends what is broken off, too.
        if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) return;
        reader.end();
        resolve();
      });
    });
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort);
      reject(failure ?? brokenOff(stream.rstCode));
    });
  });
}

function brokenOff(code: number): EndpointFailure {
  const message = `the server ended the stream with code ${code}`;
  return new EndpointFailure('closed', message, { code: `h2_${code}` });
}

function noHttp2(): EndpointFailure {
  return new EndpointFailure('protocol', 'the server does not agree to HTTP/2', { code: 'no_h2' });
}

function failureOf(error: Error): Error {
  if (error instanceof EndpointFailure) return error;
  const failure = dialFailure(error);
  if (failure !== error) return failure;
  const { code } = error as NodeJS.ErrnoException;
  return new EndpointFailure(code === 'ERR_HTTP2_ERROR' ? 'protocol' : 'closed', error.message, {
    code,
    cause: error,
  });
}
