import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import {
  MAX_ACTIVE_RESPONSES,
  MAX_NAMED_LANES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
} from '../wire/limits.ts';
import { isRefusal, type Refusal } from '../wire/refusal.ts';
import { createClosing } from './closing.ts';
import { createInbox, type Message } from './inbox.ts';
import { laneOf } from './lane.ts';
import { createLanes } from './lanes.ts';
import { createOf, parseMessage, tooManyLanes } from './messages.ts';
import { createThrottle } from './throttle.ts';

/** A message as a request, or why it is none. */
export type Request = Record<string, unknown> | Refusal;

/**
 * The requests of one connection: read no faster than they can wait, one after another within a lane, until it closes.
 */
export interface RequestQueue {
  readonly add: (message: Message) => void;
  /** The request that a lane was busy with is over: the next may start. */
  finish(lane: string | undefined): void;
  /** Starts nothing new, and calls back once nothing is under way; only the first call counts. */
  whenIdle(close: () => void): void;
  /** The connection breaks off here: what waits on it is not served any more. */
  breakOff(): void;
  /** Drops what was not yet served. */
  clear(): void;
}

/** The connection that a queue belongs to, as far as it asks anything of it. */
export interface QueueOwner {
  /** Lane names mean nothing: all requests run one after another. */
  singleLane: boolean;
  /** Asked before each message: how long the server rests before it takes it. */
  readDelayMs: () => number;
  /** Takes a message that has no place in the queue; whether it was one. */
  takeAside: (message: Record<string, unknown>) => boolean;
  /** Begins with a request; `finish` says that it is over. */
  serve: (request: Request, lane: string | undefined) => void;
  /** Tells the client of a request that gets no place. */
  refuse: (refusal: Refusal, lane: string | undefined) => void;
}

/** An empty queue of a connection; `socket` is the one below it. */
export function createRequestQueue(
  webSocket: WebSocket,
  socket: Duplex,
  { singleLane, readDelayMs, takeAside, serve, refuse }: QueueOwner,
): RequestQueue {
  const lanes = createLanes<{ request: Request; bytes: number }>({
    maxActive: singleLane ? 1 : MAX_ACTIVE_RESPONSES,
    maxNamed: MAX_NAMED_LANES,
  });
  const closing = createClosing(lanes);
  let queuedBytes = 0;
  let inLoop = false;
  const inbox = createInbox(readDelayMs, take, () => {
    throttle();
  });
  const throttle = createThrottle(webSocket, socket, () => {
    const queuesAreFull = lanes.queued() >= MAX_QUEUED_MESSAGES || queuedBytes >= MAX_QUEUED_BYTES;
    return inbox.rests() || queuesAreFull;
  });

  function take({ data, isBinary }: Message): void {
    if (!closing.hasBegun()) {
      const message = parseMessage(data, isBinary);
      if (isRefusal(message) || !takeAside(message)) {
        enqueue(isRefusal(message) ? message : createOf(message), data.length);
        startAll();
      }
    }
    throttle();
  }

  function enqueue(request: Request, bytes: number): void {
    const lane = isRefusal(request) || singleLane ? undefined : laneOf(request);
    // A message that names no lane waits in the default lane, so that answers keep their order.
    if (typeof lane === 'object') lanes.add(undefined, { request: lane, bytes });
    else if (!lanes.add(lane, { request, bytes })) {
      refuse(tooManyLanes(), lane);
      return;
    }
    queuedBytes += bytes;
  }

  /** A loop, not a recursion: a response without pacing is over before `serve` returns. */
  function startAll(): void {
    if (inLoop) return;
    inLoop = true;
    for (let next = lanes.start(); next !== undefined; next = lanes.start()) {
      queuedBytes -= next.job.bytes;
      serve(next.job.request, next.lane);
    }
    inLoop = false;
    closing.check();
  }

  return {
    add: inbox.add,
    finish(lane) {
      lanes.finish(lane);
      startAll();
      throttle();
    },
    whenIdle: closing.whenIdle,
    breakOff: closing.breakOff,
    clear() {
      inbox.clear();
      lanes.clear();
    },
  };
}
