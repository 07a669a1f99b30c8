import { type ConnectorName, connectors } from '../transport/connectors.ts';
import type { Connection, Transport } from '../transport/transport.ts';
import { type Carrier, createCarrier, type Fallback } from './recovery/carrier.ts';

/** The carriers of a session and of the sub-agents that it starts: one for each that is at work. */
export interface Carriers {
  /** A carrier for a session: over HTTP one that lies idle, if there is one. */
  lend(): Carrier;
  /** A session has come to its end. A socket is its own and ends with it, what HTTP keeps is there for the next. */
  giveBack(carrier: Carrier): void;
  /** Sessions that WebSocket was known to be refused to when they began. */
  readonly begunOverFallback: number;
  /** Part of them went over HTTP in WebSocket's place. */
  fellBack(): boolean;
  /** More answers came than requests went, over one of them. */
  doubtful(): boolean;
  /** Every connection opened so far. */
  connections(): readonly Connection[];
  close(): Promise<void>;
}

/** What opens the ways of a session. */
export interface Ways {
  /** Of the session itself. */
  transport: Transport;
  /** Opens another for a sub-agent; absent: it starts none. */
  open?: () => Transport;
  /** What takes over where WebSocket is refused; absent: nothing does. */
  fallback?: Fallback;
}

/** The carriers of a session that is about to begin. */
export function createCarriers(ways: Ways, connector: ConnectorName): Carriers {
  const { keepsSession } = connectors[connector];
  const all: Carrier[] = [];
  /** The one used last goes out first, as connection pools do it. */
  const idle: Carrier[] = [];
  const closed = new Map<Carrier, Promise<void>>();
  let begunOverFallback = 0;

  function openNext(): Transport {
    if (all.length === 0) return ways.transport;
    if (ways.open === undefined) throw new Error('nothing opens transports for sub-agents');
    return ways.open();
  }

  function close(carrier: Carrier): Promise<void> {
    const closing = closed.get(carrier) ?? carrier.close();
    closed.set(carrier, closing);
    return closing;
  }

  return {
    lend() {
      const kept = idle.pop();
      if (kept !== undefined) return kept;
      const carrier = createCarrier(openNext(), connector, ways.fallback);
      if (carrier.fellBack) begunOverFallback++;
      all.push(carrier);
      return carrier;
    },
    giveBack(carrier) {
      // Whoever closes it in the end hears of it if that fails.
      if (keepsSession) void close(carrier).catch(() => undefined);
      else idle.push(carrier);
    },
    get begunOverFallback() {
      return begunOverFallback;
    },
    fellBack: () => all.some((carrier) => carrier.fellBack),
    doubtful: () => all.some((carrier) => carrier.doubtful),
    connections: () => all.flatMap((carrier) => carrier.connections()),
    async close() {
      await Promise.all(all.map(close));
    },
  };
}
