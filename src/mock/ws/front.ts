import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { resetConnection } from '../../listen/reset-connection.ts';
import type { Reply, Service } from '../answer/service.ts';
import type { InFlight } from '../deliver/in-flight.ts';
import type { Pacer } from '../deliver/pacer.ts';
import type { Faults } from '../fault/faults.ts';
import type { SessionCaches } from '../memory/session-cache.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { MAX_ACTIVE_RESPONSES } from '../wire/limits.ts';
import { isRefusal, type Refusal } from '../wire/refusal.ts';
import { limitAge } from './age-limit.ts';
import { withLane } from './lane.ts';
import { errorFrame } from './messages.ts';
import { createPlayer } from './player.ts';
import { conversationBefore, evictParent, replyTo } from './reply.ts';
import { createRequestQueue, type Request } from './request-queue.ts';
import { createSideEvents } from './side-events.ts';

/** The parts of a server that all its connections share. */
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
  /** Who the server is, told with its times. */
  identity: string;
}

/** One connection being served. */
export interface Session {
  /** Starts nothing new, and closes the connection once nothing is under way. */
  drain(): void;
}

/**
 * The service of one connection: `response.create` messages one after another within a lane, side by side across
 * lanes. A bad message gets an error frame, and the connection stays.
 */
export function serveWebSocket(
  webSocket: WebSocket,
  socket: Duplex,
  front: WsFront,
  wantsTiming = false,
): Session {
  const { faults, metrics, singleLane } = front;
  const cache = front.caches.open();
  const player = createPlayer(front, socket, send, wantsTiming);
  const aside = createSideEvents(send, (refusal) => {
    refuse(refusal, undefined);
  });
  const queue = createRequestQueue(webSocket, socket, {
    singleLane,
    readDelayMs: () => faults.readDelayMs('ws'),
    takeAside: (message) => aside.answer(message),
    serve,
    refuse,
  });
  limitAge(webSocket, queue, front);
  // Every lane may wait for room.
  socket.setMaxListeners(2 * MAX_ACTIVE_RESPONSES);

  webSocket.on('message', (data, isBinary) => {
    queue.add({ data: data as Buffer, isBinary });
  });
  webSocket.on('close', () => {
    queue.clear();
    cache.close();
    player.stop();
  });
  // ws itself closes with the right code (1009 too big, 1007 no UTF-8); unheard, the event would end the process.
  webSocket.on('error', () => undefined);

  function serve(request: Request, lane: string | undefined): void {
    const reply = replyTo(request, front, cache);
    if (isRefusal(reply)) {
      evictParent(request, lane, cache);
      refuse(reply, lane);
      queue.finish(lane);
    } else {
      perform(reply, request, lane);
    }
  }

  function perform({ layout, settle }: Reply, request: Request, lane: string | undefined): void {
    aside.begin(layout.responseId, lane);
    const before = conversationBefore(request, cache);
    player.play(layout, lane, (ending) => {
      aside.end(layout.responseId);
      metrics.request('ws', 200);
      if (ending === 'complete') {
        const said = jsonBytes(request) + jsonBytes({ input: layout.response.output });
        cache.remember(layout.responseId, layout.context, lane, before + said);
        settle();
      } else if (ending === 'failed') {
        evictParent(request, lane, cache);
      } else {
        queue.breakOff();
        if (ending === 'reset') resetConnection(socket);
        else webSocket.close(ending.closeCode);
      }
      queue.finish(lane);
    });
  }

  function refuse(refusal: Refusal, lane: string | undefined): void {
    metrics.request('ws', refusal.status);
    send(JSON.stringify(errorFrame(refusal)), lane);
  }

  function send(json: string, lane: string | undefined): void {
    webSocket.send(withLane(json, lane));
  }

  return {
    drain() {
      queue.whenIdle(() => {
        webSocket.close(1001, 'server is going away');
      });
    },
  };
}

/** Of the items that somebody said, as JSON. */
function jsonBytes(message: Request | { input: unknown }): number {
  const input = 'input' in message ? message.input : undefined;
  return input === undefined ? 0 : Buffer.byteLength(JSON.stringify(input));
}
