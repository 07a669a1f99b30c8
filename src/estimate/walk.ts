import type { Timing } from '../mock/latency/engine.ts';
import type { TimePart } from '../result/attribution.ts';
import { type ConnectorName, connectors } from '../transport/connectors.ts';
import type { Connection, Path } from './connection.ts';
import { type Add, type Arrival, createLine, type Line } from './line.ts';
import type { TrafficStep } from './traffic.ts';

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
  const lines = createLines(way);
  const { ms: e2eMs, parts, stepsMs } = yield* walkSession(traffic, way, way.startMs, lines);
  const connections = lines.all.flatMap((line) => line.connections);
  const sumOf = (bytes: (connection: Connection) => number): number =>
    connections.reduce((sum, connection) => sum + bytes(connection), 0);
  return {
    ...{ e2eMs, parts, stepsMs },
    connections: connections.length,
    bytesSent: sumOf(({ up }) => up.bytes()),
    bytesReceived: sumOf(({ down }) => down.bytes()),
  };
}

/** A session that was walked through: its time without what its user thought, by parts, which add up to it, and by steps. */
interface WalkedSession {
  ms: number;
  parts: Map<TimePart, number>;
  /** Every step's own time and its wait for sub-agents, the wait for tools left out. */
  stepsMs: number[];
}

function* walkSession(
  traffic: readonly TrafficStep[],
  way: Way,
  beginMs: number,
  lines: Lines,
): Generator<Arrival, WalkedSession, Timing> {
  const parts = new Map<TimePart, number>();
  const add: Add = (part, ms) => parts.set(part, (parts.get(part) ?? 0) + ms);
  const isSocket = connectors[way.connector].carrier === 'websocket';
  let main = lines.lend();
  /** Compaction is not spoken over WebSocket. */
  const aside = isSocket ? lines.open('kept') : undefined;
  const stepsMs: number[] = [];
  let nowMs = beginMs;
  let thoughtMs = 0;
  for (const { toolTimeMs, thinkMs, exchanges, agents } of traffic) {
    nowMs += thinkMs * way.toolTimeFactor;
    thoughtMs += thinkMs * way.toolTimeFactor;
    let waitMs = toolTimeMs * way.toolTimeFactor;
    let agentMs = 0;
    if (agents.length > 0) {
      if (!isSocket) lines.giveBack(main);
      const walked = yield* sideBySide(agents, way, nowMs, lines);
      const [longest] = walked.sort((a, b) => b.ms + b.afterMs - a.ms - a.afterMs);
      if (longest !== undefined && longest.ms + longest.afterMs > waitMs) {
        for (const [part, ms] of longest.parts) add(part, ms);
        agentMs = longest.ms;
        waitMs = longest.afterMs;
      }
      if (!isSocket) main = lines.lend();
    }
    add('toolTime', waitMs);
    nowMs += waitMs + agentMs;
    const startMs = nowMs;
    for (const exchange of exchanges) {
      nowMs =
        exchange.kind === 'create'
          ? yield* main.create(nowMs, exchange, add)
          : (aside ?? main).compact(nowMs, exchange, add);
    }
    stepsMs.push(agentMs + nowMs - startMs);
  }
  lines.giveBack(main);
  return { ms: nowMs - beginMs - thoughtMs, parts, stepsMs };
}

/** Sub-agents that begin at the same time: whichever asks first is answered first. */
function* sideBySide(
  agents: TrafficStep['agents'],
  way: Way,
  beginMs: number,
  lines: Lines,
): Generator<Arrival, (WalkedSession & { afterMs: number })[], Timing> {
  const walks = agents.map(({ traffic, afterMs }) => {
    const walk = walkSession(traffic, way, beginMs, lines);
    return { walk, place: walk.next(), afterMs: afterMs * way.toolTimeFactor };
  });
  const walked: (WalkedSession & { afterMs: number })[] = [];
  while (walks.length > 0) {
    const [first] = walks.sort((a, b) => atMsOf(a.place) - atMsOf(b.place));
    if (first === undefined) break;
    if (first.place.done === true) {
      walked.push({ ...first.place.value, afterMs: first.afterMs });
      walks.shift();
    } else first.place = first.walk.next(yield first.place.value);
  }
  return walked;
}

/** What has ended waits for nobody. */
function atMsOf(place: IteratorResult<Arrival, WalkedSession>): number {
  return place.done === true ? -Infinity : place.value.atMs;
}

/** The lines of a workflow: one for each session at work, over HTTP those that lie idle again. */
interface Lines {
  all: readonly Line[];
  open(connector: ConnectorName): Line;
  lend(): Line;
  giveBack(line: Line): void;
}

function createLines(way: Way): Lines {
  const { keepsSession } = connectors[way.connector];
  const all: Line[] = [];
  const idle: Line[] = [];
  function open(connector: ConnectorName): Line {
    const line = createLine(connector, way);
    all.push(line);
    return line;
  }
  return {
    all,
    open,
    lend: () => idle.pop() ?? open(way.connector),
    giveBack(line) {
      if (!keepsSession) idle.push(line);
    },
  };
}
