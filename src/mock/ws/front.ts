import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { resetConnection } from '../../listen/reset-connection.ts';
import type { Reply, Service } from '../answer/service.ts';
import { stage } from '../answer/staging.ts';
import { timingEvent } from '../answer/timing-report.ts';
import { deliver } from '../deliver/deliver.ts';
import type { InFlight } from '../deliver/in-flight.ts';
import type { Pacer, Playback } from '../deliver/pacer.ts';
import type { Faults } from '../fault/faults.ts';
import type { SessionCaches } from '../memory/session-cache.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { parseCreateBody } from '../wire/create-body.ts';
import {
  MAX_ACTIVE_RESPONSES,
  MAX_NAMED_LANES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  MAX_TIMER_MS,
} from '../wire/limits.ts';
import { isRefusal, type Refusal } from '../wire/refusal.ts';
import { createClosing } from './closing.ts';
import { createInbox, type Message } from './inbox.ts';
import { laneOf, withLane } from './lane.ts';
import { createLanes } from './lanes.ts';
import {
  ageLimitReached,
  errorFrame,
  invalidPrevious,
  parseMessage,
  tooManyLanes,
} from './messages.ts';
import { createThrottle } from './throttle.ts';

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
  const closing = createClosing(lanes);
  const playing = new Map<string | undefined, { playback: Playback; end: () => void }>();
  let queuedBytes = 0;
  let inLoop = false;
  const inbox = createInbox(
    () => faults.readDelayMs('ws'),
    take,
    () => {
      throttle();
    },
  );
  const throttle = createThrottle(webSocket, socket, () => {
    const queuesAreFull = lanes.queued() >= MAX_QUEUED_MESSAGES || queuedBytes >= MAX_QUEUED_BYTES;
    return inbox.rests() || queuesAreFull;
  });
  const shortLife = faults.ageLimit();
  const maxAgeMs = shortLife?.effect ?? front.maxAgeMs;
  const ageTimer = setTimeout(
    () => {
      closing.whenIdle(() => {
        shortLife?.inject();
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
    inbox.add({ data: data as Buffer, isBinary });
  });
  webSocket.on('close', () => {
    clearTimeout(ageTimer);
    inbox.clear();
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

  function take({ data, isBinary }: Message): void {
    if (!closing.hasBegun()) {
      receive(data, isBinary);
      serveQueue();
    }
    throttle();
  }

  function receive(data: Buffer, isBinary: boolean): void {
    const bytes = data.length;
    const frame = parseMessage(data, isBinary);
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
    closing.check();
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
    const lapse = faults.forgets();
    if (lapse !== undefined) cache.clear();
    const body = parseCreateBody(frame);
    if (isRefusal(body)) return body;
    const reply = faults.refusal('ws') ?? service.create(body, (id) => cache.find(id));
    const isLost = isRefusal(reply) && reply.error.code === 'previous_response_not_found';
    return isLost && lapse === 'invalid' ? invalidPrevious() : reply;
  }

  /** A continuation that fails takes the response that it would have continued with it. */
  function evictParent(frame: Record<string, unknown> | Refusal, lane: string | undefined): void {
    const previousId = isRefusal(frame) ? undefined : frame['previous_response_id'];
    if (typeof previousId === 'string') cache.evict(previousId, lane);
  }

  function perform({ plan, settle }: Reply, lane: string | undefined, fail: () => void): void {
    const end = inFlight.begin();
    const fault = faults.stream('ws');
    const { frames, dueMs, faultAt, ending } = stage(plan, fault);
    const startMs = performance.now();
    const due = dueMs.map((ms) => startMs + ms);
    const write = (index: number): void => {
      const event = frames[index];
      if (wantsTiming && event === plan.frames.at(-1)) send(timingEvent(plan), lane);
      if (event !== undefined) send(event.json, lane);
      if (index === faultAt) fault?.inject();
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
        closing.breakOff();
        resetConnection(socket);
      } else if (typeof ending === 'object') {
        closing.breakOff();
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

  return {
    drain() {
      closing.whenIdle(() => {
        webSocket.close(1001, 'server is going away');
      });
    },
  };
}
