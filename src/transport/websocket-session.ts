import WebSocket from 'ws';
import { nowUs } from '../measure/clock.ts';
import { type ExchangeMarks, markFirstByte } from '../measure/marks.ts';
import type { Connection } from '../network/dial.ts';
import { parseStreamEvent, terminalOf } from '../protocol/reading.ts';
import type { EventQueue } from './event-queue.ts';
import { EndpointFailure } from './failure.ts';
import { markSent } from './line.ts';
import { addParseTime, receiveEvent } from './receive.ts';
import type { SessionLimits } from './session-limits.ts';
import { watchForSilence } from './websocket-pings.ts';

/** How long a peer gets to answer our goodbye. */
const GOODBYE_MS = 1000;

/** The exchange that incoming frames belong to. */
interface Exchange {
  marks: ExchangeMarks;
  queue: EventQueue;
}

/** One open WebSocket from its upgrade to its end, one exchange at a time. */
export interface WebSocketSession {
  /** Whether it can take another exchange. */
  isLive(): boolean;
  ageMs(): number;
  /** Why it can't: our limit (`idle`, `ping_timeout`), the peer's word, or the code that it was closed with. */
  endedBy(): string | undefined;
  /** Sends a frame; what comes back goes to the exchange until `finish`. */
  begin(frame: string, exchange: Exchange): void;
  /** Hangs up where the answer hasn't come to its end: the rest of it must not become part of the next. */
  finish(): void;
  /** Says goodbye; resolves when the socket is closed, by force if the peer takes too long. */
  close(): Promise<void>;
}

/** Takes over an open socket: its listeners stay for its whole life, its timers end with it. */
export function startSession(
  socket: WebSocket,
  connection: Connection,
  { pingIntervalMs, idleCloseMs }: SessionLimits,
): WebSocketSession {
  const openedUs = nowUs();
  let current: Exchange | undefined;
  /** Whether the current answer has come to its end, or is none. */
  let over = false;
  let goodbye: Promise<void> | undefined;
  let endedBy: string | undefined;
  const idle = idleCloseMs === null ? undefined : setTimeout(onIdle, idleCloseMs).unref();

  function close(): Promise<void> {
    goodbye ??= closeHandshake(socket);
    return goodbye;
  }

  function onIdle(): void {
    // An exchange under way starts the wait again when it is over.
    if (current !== undefined) return;
    endedBy = 'idle';
    void close();
  }

  socket.on('message', (data: Buffer, isBinary) => {
    const arrivedUs = nowUs();
    if (current === undefined) {
      endedBy ??= isBinary ? 'no_event' : endOfSession(data);
      if (endedBy !== undefined) void close();
      return;
    }
    const { marks, queue } = current;
    if (over) return;
    if (isBinary) queue.end(new EndpointFailure('protocol', 'a binary frame arrived'));
    over = isBinary || receiveEvent(data.toString(), arrivedUs, marks, queue);
    // A frame that is neither the end nor an event says nothing of this answer.
    const isAnswer = over || !Number.isNaN(marks.firstEventUs);
    if (isAnswer && Number.isNaN(marks.firstByteUs)) {
      markFirstByte(marks, arrivedUs, connection.deliveredUs());
    }
    addParseTime(marks, arrivedUs);
  });
  socket.on('error', (cause) => {
    current?.queue.end(new EndpointFailure('protocol', cause.message, { cause }));
  });
  socket.on('close', (code) => {
    clearTimeout(idle);
    endedBy ??= String(code);
    const message = `the connection closed with code ${code} before the terminal event`;
    current?.queue.end(new EndpointFailure('closed', message, { code: String(code) }));
  });
  if (pingIntervalMs !== null) {
    watchForSilence(
      socket,
      () => connection.bytes().received,
      pingIntervalMs,
      () => {
        const message = 'the server answers no pings';
        endedBy = 'ping_timeout';
        current?.queue.end(new EndpointFailure('closed', message, { code: endedBy }));
        socket.terminate();
      },
    );
  }

  return {
    isLive: () => goodbye === undefined && socket.readyState === WebSocket.OPEN,
    ageMs: () => (nowUs() - openedUs) / 1000,
    endedBy: () => endedBy,
    begin(frame, exchange) {
      current = exchange;
      over = false;
      markSent(exchange.marks, Buffer.byteLength(frame), NaN);
      socket.send(frame, () => {
        exchange.marks.writeEndUs = nowUs();
      });
    },
    finish() {
      if (current !== undefined && Number.isNaN(current.marks.terminalUs)) socket.terminate();
      current = undefined;
      if (socket.readyState === WebSocket.OPEN) idle?.refresh();
    },
    close,
  };
}

/** An error that answers no request is about the connection: it has reached its age, say. */
function endOfSession(data: Buffer): string | undefined {
  try {
    const event = parseStreamEvent(data.toString());
    const terminal = event.type === 'error' ? terminalOf(event) : undefined;
    return terminal?.state === 'failed' ? (terminal.error.code ?? 'error') : undefined;
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
