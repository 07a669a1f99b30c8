import { createConversations } from '../exchange/conversations.ts';
import type { Exchange, RequestFacts } from '../exchange/exchange.ts';
import type { ItemFacts } from '../exchange/items.ts';
import type { RecordedSession } from '../session/session.ts';
import { later } from './later.ts';
import type { RawFile } from './raw-file.ts';

/** How a request travelled. */
type Carrier = 'http' | 'websocket';

/** What has passed through, without a word of it. */
export interface Observation {
  /** Contents are kept in memory, to be written. */
  readonly keep: boolean;
  /** Where all that passes is written; undefined: nowhere. */
  readonly raw: RawFile | undefined;
  /** A client opened a connection. */
  connected(carrier: Carrier): void;
  /** A connection to the endpoint was opened, which took this long. */
  opened: (openingMs: number) => void;
  /** A request is under way until what is returned is called. */
  enter(): () => void;
  /** A request was answered; without an exchange it failed, or could not be read. */
  exchanged(carrier: Carrier, requestBytes: number, exchange: Exchange | undefined): void;
  /** A history was made shorter. */
  compacted(request: RequestFacts, output: readonly ItemFacts[]): void;
  sessions(): RecordedSession[];
  traffic(): Traffic;
  /** Resolves once so many conversations have come to an answer without a call, and nothing is under way. */
  ended: (sessions: number) => Promise<void>;
  /** Resolves once nothing is under way. */
  settled(): Promise<void>;
}

/** Counts of what passed. */
export interface Traffic {
  requests: Record<Carrier, number>;
  /** Opened by clients. */
  connections: Record<Carrier, number>;
  requestBytes: number;
  /** Requests that went on from a response by its id. */
  chained: number;
  warmUps: number;
  compactions: number;
  failed: number;
  /** What opening connections to the endpoint took. */
  openingMs: number;
}

/** @param name of the sessions */
export function createObservation(name: string, keep: boolean, raw?: RawFile): Observation {
  const conversations = createConversations(name, 'recording');
  const traffic: Traffic = {
    requests: { http: 0, websocket: 0 },
    connections: { http: 0, websocket: 0 },
    ...{ requestBytes: 0, chained: 0, warmUps: 0, compactions: 0, failed: 0, openingMs: 0 },
  };
  let underWay = 0;
  const waiting: { sessions: number; resolve: () => void }[] = [];
  const settling: (() => void)[] = [];

  function look(): void {
    if (underWay > 0) return;
    for (const resolve of settling.splice(0)) resolve();
    if (waiting.length === 0) return;
    const done = conversations.sessions().filter(({ steps }) => steps.at(-1)?.calls.length === 0);
    for (const { sessions, resolve } of waiting) if (done.length >= sessions) resolve();
  }

  return {
    ...{ keep, raw },
    connected(carrier) {
      traffic.connections[carrier] += 1;
    },
    opened(openingMs) {
      traffic.openingMs += openingMs;
    },
    enter() {
      underWay += 1;
      return () => {
        underWay -= 1;
        look();
      };
    },
    exchanged(carrier, requestBytes, exchange) {
      traffic.requests[carrier] += 1;
      traffic.requestBytes += requestBytes;
      if (exchange === undefined) traffic.failed += 1;
      else {
        if (exchange.request.previousId !== undefined) traffic.chained += 1;
        if (exchange.request.warmUp) traffic.warmUps += 1;
        conversations.add(exchange);
      }
    },
    compacted(request, output) {
      traffic.compactions += 1;
      conversations.compacted(request, output);
    },
    sessions: () => conversations.sessions(),
    traffic: () => traffic,
    ended: (sessions) =>
      new Promise((resolve) => {
        waiting.push({ sessions, resolve });
      }),
    settled: () =>
      new Promise((resolve) => {
        // What arrived last has yet to be looked at.
        later(() => {
          settling.push(resolve);
          look();
        });
      }),
  };
}
