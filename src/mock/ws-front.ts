import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { ErrorFrame } from '../protocol/errors.ts';
import { parseCreateBody } from './create-body.ts';
import { deliver } from './delivery.ts';
import { laneOf, withLane } from './lane.ts';
import type { Pacer, Playback } from './pacer.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import type { Responder } from './responder.ts';
import { createSessionCache } from './session-cache.ts';

/** Messages that may wait for their turn before the connection is no longer read. */
const MAX_QUEUED_MESSAGES = 16;

interface Message {
  data: RawData;
  isBinary: boolean;
}

/**
 * Serves one connection: `response.create` messages one after another, in their order. A bad message gets
 * an error frame, and the connection stays.
 */
export function serveWebSocket(
  webSocket: WebSocket,
  socket: Duplex,
  { responder, pacer }: { responder: Responder; pacer: Pacer },
): void {
  const cache = createSessionCache();
  const queue: Message[] = [];
  let playback: Playback | undefined;
  let busy = false;
  let inLoop = false;

  webSocket.on('message', (data, isBinary) => {
    queue.push({ data, isBinary });
    if (queue.length >= MAX_QUEUED_MESSAGES) webSocket.pause();
    serveQueue();
  });
  webSocket.on('close', () => {
    queue.length = 0;
    playback?.stop();
  });
  // ws itself closes with the right code (1009 too big, 1007 no UTF-8); unheard, the event would end the process.
  webSocket.on('error', () => undefined);

  /** A loop, not a recursion: a response without pacing is over before `serve` returns. */
  function serveQueue(): void {
    if (inLoop) return;
    inLoop = true;
    while (!busy) {
      const message = queue.shift();
      if (message === undefined) break;
      serve(message);
      if (webSocket.isPaused && queue.length < MAX_QUEUED_MESSAGES) webSocket.resume();
    }
    inLoop = false;
  }

  function serve(message: Message): void {
    const frame = parseMessage(message);
    if (isRefusal(frame)) {
      sendError(frame, undefined);
      return;
    }
    const lane = laneOf(frame);
    if (typeof lane === 'object') {
      sendError(lane, undefined);
      return;
    }
    const body = parseCreateBody(frame);
    const plan = isRefusal(body) ? body : responder.respond(body, (id) => cache.find(id));
    if (isRefusal(plan)) {
      // A continuation that fails takes the response that it would have continued with it.
      const previousId = frame['previous_response_id'];
      if (typeof previousId === 'string') cache.evict(previousId);
      sendError(plan, lane);
      return;
    }
    busy = true;
    const startMs = performance.now();
    const due = plan.dueMs.map((ms) => startMs + ms);
    const write = (index: number): void => {
      const event = plan.frames[index];
      if (event !== undefined) webSocket.send(withLane(event.json, lane));
    };
    playback = deliver(pacer, socket, due, write, () => {
      cache.remember(plan.responseId, plan.context);
      responder.settle(plan);
      busy = false;
      serveQueue();
    });
  }

  function sendError({ status, error }: Refusal, lane: string | undefined): void {
    const frame: ErrorFrame = { type: 'error', status, error };
    webSocket.send(withLane(JSON.stringify(frame), lane));
  }
}

function parseMessage({ data, isBinary }: Message): Record<string, unknown> | Refusal {
  if (isBinary) return refuse(400, 'Expected a text frame, got a binary one.');
  let value: unknown;
  try {
    value = JSON.parse((data as Buffer).toString());
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
