import { recordOf } from '../../is-record.ts';
import { createSocketReader } from '../exchange/socket.ts';
import { later } from './later.ts';
import { createMessageReader, type MessageReader } from './message-reader.ts';
import type { Observation } from './observation.ts';

/** What looks at the bytes of one WebSocket while they pass. */
export interface SocketTap {
  sent: (chunk: Buffer) => void;
  received: (chunk: Buffer) => void;
  closed: () => void;
}

/** A tap of a connection that has yet to be upgraded. */
export function createSocketTap(observation: Observation): SocketTap {
  const sizes: number[] = [];
  const underWay: (() => void)[] = [];
  const reader = createSocketReader(observation.keep, (exchange) => {
    observation.exchanged('websocket', sizes.shift() ?? 0, exchange);
    underWay.shift()?.();
  });
  const keepRaw = observation.raw?.begin('websocket');
  /** When what is being looked at arrived. */
  let nowMs = 0;
  let head = Buffer.alloc(0);
  let isOpen = false;
  /** What the client sent before the answer to its upgrade was whole. */
  const early: Buffer[] = [];
  let up: MessageReader | undefined;
  let down: MessageReader | undefined;

  function open(answer: string): void {
    isOpen = true;
    if (!answer.startsWith('HTTP/1.1 101 ')) return;
    const extensions = /^sec-websocket-extensions:(.*)$/im.exec(answer)?.[1]?.trim() ?? '';
    up = createMessageReader('client', extensions, (text) => {
      keepRaw?.('agent', text);
      const message = parsed(text);
      if (recordOf(message)['type'] !== 'response.create') return;
      sizes.push(Buffer.byteLength(text));
      underWay.push(observation.enter());
      reader.sent(message, nowMs);
    });
    down = createMessageReader('server', extensions, (text) => {
      keepRaw?.('endpoint', text);
      reader.received(parsed(text), nowMs);
    });
  }

  async function sent(chunk: Buffer): Promise<void> {
    if (isOpen) await up?.take(chunk);
    else early.push(chunk);
  }

  async function received(chunk: Buffer): Promise<void> {
    if (isOpen) {
      await down?.take(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    open(head.toString('latin1', 0, end));
    for (const waiting of early.splice(0)) await up?.take(waiting);
    await down?.take(head.subarray(end + 4));
  }

  /** The end of what was looked at so far: one after another, in the order of arrival, or an answer could be read before its request. */
  let looked = Promise.resolve();

  function inTurn(work: () => void | Promise<void>): void {
    const leave = observation.enter();
    later(() => {
      looked = looked.then(work).finally(leave);
    });
  }

  const look = (take: (chunk: Buffer) => Promise<void>) => (chunk: Buffer) => {
    const atMs = performance.now();
    inTurn(() => {
      nowMs = atMs;
      return take(chunk);
    });
  };

  return {
    sent: look(sent),
    received: look(received),
    closed: () => {
      inTurn(() => {
        for (const leave of underWay.splice(0)) leave();
      });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
