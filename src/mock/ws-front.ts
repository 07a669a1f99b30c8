import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { ErrorFrame } from '../protocol/errors.ts';
import { parseCreateBody } from './create-body.ts';
import { deliver } from './delivery.ts';
import type { Faults } from './faults.ts';
import type { InFlight } from './in-flight.ts';
import { laneOf, withLane } from './lane.ts';
import { createLanes } from './lanes.ts';
import {
  MAX_ACTIVE_RESPONSES,
  MAX_NAMED_LANES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MAX_TIMER_MS,
  MAX_WAITING_BYTES,
} from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Pacer, Playback } from './pacer.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { resetConnection } from './reset-connection.ts';
import type { Reply, Service } from './service.ts';
import type { SessionCaches } from './session-cache.ts';
import { stage } from './staging.ts';
import { timingEvent } from './timing-report.ts';

/** What all connections of a server have in common. */
export interface WsFront {
  service: Service;
  pacer: Pacer;
  caches: SessionCaches;
  faults: Faults;
  metrics: Metrics;
  inFlight: InFlight;
  /** Lane names mean nothing: all requests run one after another, as they did before lanes came. */
  singleLane: boolean;
  maxAgeMs: number;
}

/** One connection being served. */
export interface Session {
  /** Starts nothing new, and closes the connection once nothing is under way. */
  drain(): void;
}

interface Job {
  frame: Record<string, unknown> | Refusal;
  bytes: number;
}

/**
 * Serves one connection: `response.create` messages one after another within a lane, side by side across lanes.
 * A bad message gets an error frame, and the connection stays.
 */
export function serveWebSocket(
  webSocket: WebSocket,
  socket: Duplex,
  front: WsFront,
  wantsTiming = false,
): Session {
  const { service, pacer, faults, metrics, inFlight, singleLane } = front;
  const cache = front.caches.open();
  const lanes = createLanes<Job>({
    maxActive: singleLane ? 1 : MAX_ACTIVE_RESPONSES,
    maxNamed: MAX_NAMED_LANES,
  });
  const playing = new Map<string | undefined, { playback: Playback; end: () => void }>();
  let queuedBytes = 0;
  let inLoop = false;
  let closing: (() => void) | undefined;
  let waitsForDrain = false;
  let resting = false;
  const maxAgeMs = faults.ageLimitMs() ?? front.maxAgeMs;
  const ageTimer = setTimeout(
    () => {
      closeWhenIdle(() => {
        send(JSON.stringify(errorFrame(ageLimitReached(maxAgeMs))), undefined);
        webSocket.close(1001, 'connection limit reached');
      });
    },
    Math.min(maxAgeMs, MAX_TIMER_MS),
  );
  ageTimer.unref();
  // Every lane may wait for room.
  socket.setMaxListeners(2 * MAX_ACTIVE_RESPONSES);

  webSocket.on('message', (data, isBinary) => {
    if (closing !== undefined) return;
    receive(data, isBinary);
    serveQueue();
    throttle();
    const readDelayMs = faults.readDelayMs('ws');
    if (readDelayMs > 0) rest(readDelayMs);
  });
  webSocket.on('close', () => {
    clearTimeout(ageTimer);
    lanes.clear();
    cache.close();
    for (const { playback, end } of playing.values()) {
      playback.stop();
      end();
    }
    playing.clear();
  });
  // ws itself closes with the right code (1009 too big, 1007 no UTF-8); unheard, the event would end the process.
  webSocket.on('error', () => undefined);

  function receive(data: RawData, isBinary: boolean): void {
    const bytes = (data as Buffer).length;
    const frame = parseMessage(data as Buffer, isBinary);
    const lane = isRefusal(frame) || singleLane ? undefined : laneOf(frame);
    // A message that names no lane waits in the default lane, so that answers keep their order.
    if (typeof lane === 'object') lanes.add(undefined, { frame: lane, bytes });
    else if (!lanes.add(lane, { frame, bytes })) {
      refuseWith(tooManyLanes(), lane);
      return;
    }
    queuedBytes += bytes;
  }

  /** A loop, not a recursion: a response without pacing is over before `serve` returns. */
  function serveQueue(): void {
    if (inLoop) return;
    inLoop = true;
    for (let next = lanes.start(); next !== undefined; next = lanes.start()) {
      queuedBytes -= next.job.bytes;
      serve(next.job.frame, next.lane);
    }
    inLoop = false;
    if (lanes.active() === 0) closing?.();
  }

  function serve(frame: Record<string, unknown> | Refusal, lane: string | undefined): void {
    const reply = isRefusal(frame) ? frame : replyTo(frame);
    if (!isRefusal(reply)) {
      perform(reply, lane, () => {
        evictParent(frame, lane);
      });
      return;
    }
    evictParent(frame, lane);
    refuseWith(reply, lane);
    lanes.finish(lane);
  }

  function replyTo(frame: Record<string, unknown>): Reply | Refusal {
    if (faults.forgets()) cache.clear();
    const body = parseCreateBody(frame);
    if (isRefusal(body)) return body;
    return faults.refusal('ws') ?? service.create(body, (id) => cache.find(id));
  }

  /** A continuation that fails takes the response that it would have continued with it. */
  function evictParent(frame: Record<string, unknown> | Refusal, lane: string | undefined): void {
    const previousId = isRefusal(frame) ? undefined : frame['previous_response_id'];
    if (typeof previousId === 'string') cache.evict(previousId, lane);
  }

  function perform({ plan, settle }: Reply, lane: string | undefined, fail: () => void): void {
    const end = inFlight.begin();
    const { frames, dueMs, ending } = stage(plan, faults.stream('ws'));
    const startMs = performance.now();
    const due = dueMs.map((ms) => startMs + ms);
    const write = (index: number): void => {
      const event = frames[index];
      if (wantsTiming && event === plan.frames.at(-1)) send(timingEvent(plan), lane);
      if (event !== undefined) send(event.json, lane);
    };
    const state = { over: false };
    const done = (): void => {
      state.over = true;
      if (ending === 'stall') return;
      playing.delete(lane);
      end();
      metrics.request('ws', 200);
      if (ending === 'complete') {
        cache.remember(plan.responseId, plan.context, lane);
        settle();
      } else if (ending === 'reset') {
        resetConnection(socket);
      } else if (typeof ending === 'object') {
        webSocket.close(ending.closeCode);
      } else {
        fail();
      }
      lanes.finish(lane);
      serveQueue();
      throttle();
    };
    if (due.length === 0) {
      done();
      return;
    }
    const playback = deliver(pacer, socket, due, write, done);
    if (!state.over || ending === 'stall') playing.set(lane, { playback, end });
  }

  function refuseWith(refusal: Refusal, lane: string | undefined): void {
    metrics.request('ws', refusal.status);
    send(JSON.stringify(errorFrame(refusal)), lane);
  }

  function send(json: string, lane: string | undefined): void {
    webSocket.send(withLane(json, lane));
  }

  /** Stops to read while too much waits here, or while the client doesn't read what it is sent. */
  function throttle(): void {
    if (resting) return;
    const full = socket.writableLength >= MAX_WAITING_BYTES;
    if (full && !waitsForDrain) {
      waitsForDrain = true;
      socket.once('drain', () => {
        waitsForDrain = false;
        throttle();
      });
    }
    if (full || lanes.queued() >= MAX_QUEUED_MESSAGES || queuedBytes >= MAX_QUEUED_BYTES) {
      webSocket.pause();
    } else if (webSocket.isPaused) {
      webSocket.resume();
    }
  }

  function rest(ms: number): void {
    resting = true;
    webSocket.pause();
    setTimeout(() => {
      resting = false;
      throttle();
    }, ms).unref();
  }

  function closeWhenIdle(close: () => void): void {
    if (closing !== undefined) return;
    closing = () => {
      closing = () => undefined;
      close();
    };
    lanes.clear();
    if (lanes.active() === 0) closing();
  }

  return {
    drain() {
      closeWhenIdle(() => {
        webSocket.close(1001, 'server is going away');
      });
    },
  };
}

function errorFrame({ status, error, headers }: Refusal): ErrorFrame {
  // Clients look for the hints in either place.
  if (headers === undefined) return { type: 'error', status, error };
  return { type: 'error', status, error: { ...error, headers }, headers };
}

function tooManyLanes(): Refusal {
  const message = `Expected at most ${MAX_NAMED_LANES} distinct stream ids on one connection; use one of them again, or a new connection.`;
  return refuse(400, message, { code: 'websocket_stream_limit_reached', param: 'stream_id' });
}

function ageLimitReached(maxAgeMs: number): Refusal {
  const age =
    maxAgeMs % 60_000 === 0 ? `${maxAgeMs / 60_000} minutes` : `${maxAgeMs / 1000} seconds`;
  const message = `Responses websocket connection limit reached (${age}). Create a new websocket connection to continue.`;
  const refusal = refuse(400, message, { code: 'websocket_connection_limit_reached' });
  delete refusal.error.param;
  return refusal;
}

function parseMessage(data: Buffer, isBinary: boolean): Record<string, unknown> | Refusal {
  if (isBinary) return refuse(400, 'Expected a text frame, got a binary one.');
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch {
    return refuse(400, 'The message is not valid JSON.', { code: 'invalid_json' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(400, 'Expected a JSON object.', { code: 'invalid_json' });
  }
  const frame = value as Record<string, unknown>;
  if (frame['type'] === 'response.create') return frame;
  return refuse(400, "Expected 'type' to be 'response.create'.", { param: 'type' });
}
