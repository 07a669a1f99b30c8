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
      const message = parsed(text);
      if (recordOf(message)['type'] !== 'response.create') return;
      sizes.push(Buffer.byteLength(text));
      underWay.push(observation.enter());
      reader.sent(message, nowMs);
    });
    down = createMessageReader('server', extensions, (text) => {
      reader.received(parsed(text), nowMs);
    });
    for (const chunk of early.splice(0)) up.take(chunk);
  }

  function sent(chunk: Buffer): void {
    if (isOpen) up?.take(chunk);
    else early.push(chunk);
  }

  function received(chunk: Buffer): void {
    if (isOpen) {
      down?.take(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    open(head.toString('latin1', 0, end));
    down?.take(head.subarray(end + 4));
  }

  const look = (take: (chunk: Buffer) => void) => (chunk: Buffer) => {
    const atMs = performance.now();
    later(() => {
      nowMs = atMs;
      take(chunk);
    });
  };

  return {
    sent: look(sent),
    received: look(received),
    closed: () => {
      later(() => {
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
