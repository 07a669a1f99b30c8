import type { Timing, Work } from '../mock/latency/engine.ts';
import type { TimePart } from '../result/attribution.ts';
import { type ConnectorName, connectors } from '../transport/connectors.ts';
import { type Connection, openConnection, type Path } from './connection.ts';
import { type Framing, framings } from './framing.ts';
import type { Compact, Create } from './traffic.ts';

/** A request that has arrived at the server, in virtual time; to be answered with how long its work takes. */
export interface Arrival {
  atMs: number;
  work: Work;
}

/** The sum of a session's time by parts, added to. */
export type Add = (part: TimePart, ms: number) => void;

/** What the requests of a session go over, one after another: each returns when its answer is whole. */
export interface Line {
  connections: readonly Connection[];
  create(readyMs: number, exchange: Create, add: Add): Generator<Arrival, number, Timing>;
  compact(readyMs: number, exchange: Compact, add: Add): number;
}

/** A line that dials when it has its first request. */
export function createLine(connector: ConnectorName, way: Path): Line {
  const framing = framings[connector];
  const connections: Connection[] = [];
  const roundTripMs = way.link?.rttMs ?? 0;
  let open: Connection | undefined;
  /** When the connection's last answer has come to its end. */
  let freeMs = -Infinity;

  /** A connection that takes a request, and since when. */
  function take(readyMs: number, add: Add): { connection: Connection; fromMs: number } {
    const { dropsIdleMs } = connectors[connector];
    const isDropped = dropsIdleMs !== null && readyMs - freeMs > dropsIdleMs;
    if (open !== undefined && connector !== 'per-call' && !isDropped) {
      add('queued', Math.max(0, freeMs - readyMs));
      return { connection: open, fromMs: Math.max(freeMs, readyMs) };
    }
    open = openConnection(way, readyMs, connector === 'websocket');
    connections.push(open);
    for (const part of ['tcpConnect', 'tlsHandshake', 'wsUpgrade'] as const)
      add(part, open.opening[part]);
    return { connection: open, fromMs: open.openMs };
  }

  /** The parts of the time from a request's first byte to its answer's last. */
  function account(
    times: { fromMs: number; arrivedMs: number; terminalMs: number },
    stageMs: Timing['stageMs'],
    add: Add,
  ): void {
    const upload = times.arrivedMs - times.fromMs - roundTripMs / 2;
    add('upload', upload);
    add('roundTrip', roundTripMs);
    let rest = times.terminalMs - times.fromMs - upload - roundTripMs;
    for (const [stage, ms] of Object.entries(stageMs)) {
      if (stage === 'post') continue;
      add(stage as TimePart, ms);
      rest -= ms;
    }
    // What is left is what the link's model held the last event up by.
    add('download', rest);
  }

  return {
    connections,
    *create(readyMs, exchange, add) {
      const { connection, fromMs } = take(readyMs, add);
      const arrivedMs = connection.up.send(fromMs, framing.request(exchange.requestBytes));
      const timing = yield { atMs: arrivedMs, work: exchange.work };
      let terminalMs = arrivedMs;
      for (const { dueMs, bytes } of flushesOf(exchange, timing, framing)) {
        terminalMs = connection.down.send(arrivedMs + dueMs, bytes);
      }
      freeMs =
        framing.endBytes === 0
          ? terminalMs
          : connection.down.send(arrivedMs + timing.endMs, framing.endBytes);
      account({ fromMs, arrivedMs, terminalMs }, timing.stageMs, add);
      return terminalMs;
    },
    compact(readyMs, { requestBytes, answerBytes }, add) {
      const { connection, fromMs } = take(readyMs, add);
      const arrivedMs = connection.up.send(fromMs, framing.request(requestBytes));
      freeMs = connection.down.send(arrivedMs, framing.whole(answerBytes));
      account({ fromMs, arrivedMs, terminalMs: freeMs }, {}, add);
      return freeMs;
    },
  };
}

/** What the server writes of an answer, all that is due at once in one go. */
function flushesOf(
  exchange: Create,
  timing: Timing,
  framing: Framing,
): { dueMs: number; bytes: number }[] {
  const flushes: { dueMs: number; bytes: number }[] = [];
  let extra = framing.begin(exchange, timing);
  for (const event of exchange.events) {
    const dueMs = event.token === null ? timing.beginMs : timing.tokenMs(event.token);
    if (event === exchange.events.at(-1)) extra += framing.last(exchange, timing);
    const bytes = framing.event(event) + extra;
    extra = 0;
    const last = flushes.at(-1);
    if (last?.dueMs === dueMs) last.bytes += bytes;
    else flushes.push({ dueMs, bytes });
  }
  return flushes;
}
