import type { Timing, Work } from '../mock/latency/engine.ts';
import type { TimePart } from '../result/attribution.ts';
import { type ConnectorName, connectors } from '../transport/connectors.ts';
import { type Connection, openConnection, type Path } from './connection.ts';
import { type Framing, framings } from './framing.ts';
import type { Compact, Create, TrafficStep } from './traffic.ts';

/** A request that has arrived at the server, in virtual time; to be answered with how long its work takes. */
export interface Arrival {
  atMs: number;
  work: Work;
}

/** A workflow that was walked through: its time by parts, which add up to it, and by steps. */
export interface Walked {
  e2eMs: number;
  parts: ReadonlyMap<TimePart, number>;
  /** Every step's own time, the wait for tools left out. */
  stepsMs: readonly number[];
  connections: number;
  bytesSent: number;
  bytesReceived: number;
}

/** The way that a session goes. */
export interface Way extends Path {
  connector: ConnectorName;
  /** When it begins. */
  startMs: number;
  /** Scripted tool times are multiplied by this. */
  toolTimeFactor: number;
}

/**
 * One workflow in virtual time, from its first dial to its last event. It asks for the time of every request's work as the
 * request arrives, so that several can share one server.
 */
export function* walkWorkflow(
  traffic: readonly TrafficStep[],
  way: Way,
): Generator<Arrival, Walked, Timing> {
  const parts = new Map<TimePart, number>();
  const add: Add = (part, ms) => parts.set(part, (parts.get(part) ?? 0) + ms);
  const main = createLine(way.connector, way, add);
  /** Compaction is not spoken over WebSocket. */
  const aside =
    connectors[way.connector].carrier === 'websocket' ? createLine('kept', way, add) : main;
  const stepsMs: number[] = [];
  let nowMs = way.startMs;
  let thoughtMs = 0;
  for (const { toolTimeMs, thinkMs, exchanges } of traffic) {
    nowMs += thinkMs * way.toolTimeFactor;
    thoughtMs += thinkMs * way.toolTimeFactor;
    const waitMs = toolTimeMs * way.toolTimeFactor;
    add('toolTime', waitMs);
    nowMs += waitMs;
    const startMs = nowMs;
    for (const exchange of exchanges) {
      nowMs =
        exchange.kind === 'create'
          ? yield* main.create(nowMs, exchange)
          : aside.compact(nowMs, exchange);
    }
    stepsMs.push(nowMs - startMs);
  }
  const all = [...main.connections, ...(aside === main ? [] : aside.connections)];
  const sumOf = (bytes: (connection: Connection) => number): number =>
    all.reduce((sum, connection) => sum + bytes(connection), 0);
  return {
    e2eMs: nowMs - way.startMs - thoughtMs,
    parts,
    stepsMs,
    connections: all.length,
    bytesSent: sumOf(({ up }) => up.bytes()),
    bytesReceived: sumOf(({ down }) => down.bytes()),
  };
}

type Add = (part: TimePart, ms: number) => void;

/** What the requests of a session go over, one after another: each returns when its answer is whole. */
interface Line {
  connections: readonly Connection[];
  create(readyMs: number, exchange: Create): Generator<Arrival, number, Timing>;
  compact(readyMs: number, exchange: Compact): number;
}

function createLine(connector: ConnectorName, way: Way, add: Add): Line {
  const framing = framings[connector];
  const connections: Connection[] = [];
  const roundTripMs = way.link?.rttMs ?? 0;
  let open: Connection | undefined;
  /** When the connection's last answer has come to its end. */
  let freeMs = -Infinity;

  /** A connection that takes a request, and since when. */
  function take(readyMs: number): { connection: Connection; fromMs: number } {
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
    fromMs: number,
    arrivedMs: number,
    terminalMs: number,
    stageMs: Timing['stageMs'],
  ): void {
    const upload = arrivedMs - fromMs - roundTripMs / 2;
    add('upload', upload);
    add('roundTrip', roundTripMs);
    let rest = terminalMs - fromMs - upload - roundTripMs;
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
    *create(readyMs, exchange) {
      const { connection, fromMs } = take(readyMs);
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
      account(fromMs, arrivedMs, terminalMs, timing.stageMs);
      return terminalMs;
    },
    compact(readyMs, { requestBytes, answerBytes }) {
      const { connection, fromMs } = take(readyMs);
      const arrivedMs = connection.up.send(fromMs, framing.request(requestBytes));
      freeMs = connection.down.send(arrivedMs, framing.whole(answerBytes));
      account(fromMs, arrivedMs, freeMs, {});
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
