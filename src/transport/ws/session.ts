import WebSocket from 'ws';
import { nowUs } from '../../measure/clock.ts';
import { type ExchangeMarks, markFirstByte, markLastByte, overlook } from '../../measure/marks.ts';
import type { Connection } from '../../network/dial.ts';
import { isOfAnswer, parseStreamEvent, responseIdOf, terminalOf } from '../../protocol/reading.ts';
import { MAX_ANSWER_BYTES, tooLong } from '../answer-limit.ts';
import { EndpointFailure } from '../failure.ts';
import { markSent } from '../http/line.ts';
import { type Answer, addParseTime, receiveEvent } from '../receive.ts';
import type { SessionLimits } from '../session-limits.ts';
import { DOUBTFUL_ANSWERS } from '../transport.ts';
import { watchForSilence } from './pings.ts';

/** How long a peer gets to answer our goodbye. */
const GOODBYE_MS = 1000;

/** How long a session that is over is listened to at most, where its answers may not have been its own. */
const LISTEN_MS = 2000;

/** One open WebSocket from its upgrade to its end, one exchange at a time. */
export interface WebSocketSession {
  /** Whether it can take another exchange. */
  isLive(): boolean;
  ageMs(): number;
  /** Why it can't: our limit (`idle`, `ping_timeout`), {@link DOUBTFUL_ANSWERS}, the peer's word, or the code that it was closed with. */
  endedBy(): string | undefined;
  /** Sends a frame; what comes back goes to the exchange until `finish`. */
  begin(frame: string, exchange: Pick<Answer, 'marks' | 'queue' | 'continues'>): void;
  /** Hangs up where the answer hasn't come to its end: the rest of it must not become part of the next. */
  finish(): void;
  /** The last answer has come: listens on where others may be under way, which tells whose it was, then closes. */
  end(): Promise<void>;
  /** Says goodbye; resolves when the socket is closed, by force if the peer takes too long. */
  close(): Promise<void>;
}

/**
 * Takes over an open socket: its listeners stay for its whole life, its timers end with it. What the peer says before any
 * request counts to `opener`, the exchange that it was opened for.
 */
export function startSession(
  socket: WebSocket,
  connection: Connection,
  { pingIntervalMs, idleCloseMs }: SessionLimits,
  opener: ExchangeMarks,
): WebSocketSession {
  const openedUs = nowUs();
  /** Whom incoming frames belong to: the answer under way, or the last one. */
  let answer: Answer | undefined;
  /** Whether the answer has come to its end, or is none. */
  let over = true;
  /** Whether somebody waits. */
  let busy = false;
  let answerBytes = 0;
  let begun = 0;
  let goodbye: Promise<void> | undefined;
  let endedBy: string | undefined;
  const answered = { unpaired: false, shortestUs: Infinity, longestUs: 0 };
  const idle = idleCloseMs === null ? undefined : setTimeout(onIdle, idleCloseMs).unref();

  function close(): Promise<void> {
    goodbye ??= closeHandshake(socket);
    return goodbye;
  }

  /** Some answers said of nothing what they were to, and came in much less time than others: they may have been under way. */
  function mayHoldMore(): boolean {
    const { unpaired, shortestUs, longestUs } = answered;
    return unpaired && shortestUs < longestUs / 2 && isLive();
  }

  function isLive(): boolean {
    return goodbye === undefined && socket.readyState === WebSocket.OPEN;
  }

  function note({ marks, unpaired = false }: Answer): void {
    const tookUs = marks.terminalUs - marks.writeStartUs;
    if (Number.isNaN(tookUs)) return;
    answered.unpaired ||= unpaired && begun > 1;
    answered.shortestUs = Math.min(answered.shortestUs, tookUs);
    answered.longestUs = Math.max(answered.longestUs, tookUs);
  }

  function onIdle(): void {
    // An exchange under way starts the wait again when it is over.
    if (busy) return;
    endedBy = 'idle';
    void close();
  }

  /** A frame that nobody asked for: what begins or goes on with another answer would get into the next. */
  function takeUnasked(text: string): void {
    const end = endBy(text, answer ?? { marks: opener });
    if (end === undefined) return;
    // More answers than requests: where several were asked for, the last ones may have got each other's.
    endedBy ??= end === 'stray_answer' && begun > 1 ? DOUBTFUL_ANSWERS : end;
    void close();
  }

  socket.on('message', (data: Buffer, isBinary) => {
    const arrivedUs = nowUs();
    if (isBinary) overlook(answer?.marks ?? opener, 'binary_frame');
    if (over || answer === undefined) {
      takeUnasked(data.toString());
      return;
    }
    const { marks, queue } = answer;
    answerBytes += data.byteLength;
    if (answerBytes > MAX_ANSWER_BYTES) queue.end(tooLong());
    over = answerBytes > MAX_ANSWER_BYTES || receiveEvent(data.toString(), arrivedUs, answer);
    // A frame that is neither the end nor an event says nothing of this answer.
    const isAnswer = over || !Number.isNaN(marks.firstEventUs);
    if (isAnswer && Number.isNaN(marks.firstByteUs)) {
      markFirstByte(marks, arrivedUs, connection.deliveredUs());
    }
    addParseTime(marks, arrivedUs);
    markLastByte(marks, () => connection.heldUpUs());
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    const failure =
      cause.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
        ? tooLong()
        : new EndpointFailure('protocol', cause.message, { cause });
    if (busy) answer?.queue.end(failure);
  });
  socket.on('close', (code) => {
    clearTimeout(idle);
    endedBy ??= String(code);
    const message = `the connection closed with code ${code} before the terminal event`;
    if (busy) answer?.queue.end(new EndpointFailure('closed', message, { code: String(code) }));
  });
  if (pingIntervalMs !== null) {
    watchForSilence(
      socket,
      () => connection.bytes().received,
      pingIntervalMs,
      () => {
        const message = 'the server answers no pings';
        endedBy = 'ping_timeout';
        if (busy) answer?.queue.end(new EndpointFailure('closed', message, { code: endedBy }));
        socket.terminate();
      },
    );
  }

  return {
    isLive,
    ageMs: () => (nowUs() - openedUs) / 1000,
    endedBy: () => endedBy,
    begin(frame, { marks, queue, continues }) {
      begun++;
      answer = {
        ...{ marks, queue, continues },
        ...{ previousId: answer?.responseId, previousContinues: answer?.continues },
      };
      over = false;
      busy = true;
      answerBytes = 0;
      markSent(marks, Buffer.byteLength(frame), NaN);
      socket.send(frame, () => {
        marks.writeEndUs = nowUs();
      });
    },
    finish() {
      if (busy && Number.isNaN(answer?.marks.terminalUs)) socket.terminate();
      if (busy && answer) note(answer);
      busy = false;
      over = true;
      if (socket.readyState === WebSocket.OPEN) idle?.refresh();
    },
    async end() {
      if (mayHoldMore()) await closedWithin(socket, Math.min(LISTEN_MS, answered.longestUs / 500));
      await close();
    },
    close,
  };
}

/** Resolves when a socket is closed, or after that time. */
function closedWithin(socket: WebSocket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * What an unasked frame ends the session by, or undefined if it may go on. An error that answers no request is about the
 * connection: it has reached its age, say. Late events of the last answer, and what is no event, are counted and do no harm.
 */
function endBy(text: string, last: Pick<Answer, 'marks' | 'responseId'>): string | undefined {
  try {
    const event = parseStreamEvent(text);
    if (event === undefined) {
      overlook(last.marks, 'no_event');
      return undefined;
    }
    const terminal = event.type === 'error' ? terminalOf(event) : undefined;
    if (terminal?.state === 'failed') return terminal.error.code ?? 'error';
    if (!isOfAnswer(event)) return undefined;
    last.marks.strayEvents++;
    if (event.type === 'response.created' || last.responseId === undefined) return 'stray_answer';
    // Most events name no response: they are the last one's, as nothing new has begun.
    const id = responseIdOf(event) ?? last.responseId;
    return id === last.responseId ? undefined : 'stray_answer';
  } catch {
    return 'no_event';
  }
}

function closeHandshake(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.terminate();
    }, GOODBYE_MS);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1000);
  });
}
