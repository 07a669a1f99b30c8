import { nowUs } from '../../src/measure/clock.ts';
import { markEvent, startMarks } from '../../src/measure/marks.ts';
import { startMockProcess } from '../../src/mock/process/process.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { deltaKindOf } from '../../src/protocol/reading.ts';
import { runSession } from '../../src/runner/session.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { addParseTime } from '../../src/transport/receive.ts';
import type { Transport } from '../../src/transport/transport.ts';
import type { Benchmark, Comparison } from './benchmark.ts';

const SESSIONS = 40;
const WARM_UP_SESSIONS = 8;
/** Highest ratio of CPU per step with the marks to CPU per step without them. */
const BOUND = 1.05;

/** What stamping costs. */
export const benchmark: Benchmark = {
  title: 'Phase marks',
  note: `CPU per step of coding-agent, profile instant, ${SESSIONS} sessions; bare: the same less the CPU of making its marks, every event stamped, replayed alone`,
  async run() {
    const script = expandScenario(await loadScenario('coding-agent'), 1);
    const mock = await startMockProcess({
      host: '127.0.0.1',
      port: 0,
      tls: { kind: 'off' },
      scripts: [script],
      profile: profiles.instant,
    });
    try {
      const comparisons: Comparison[] = [];
      for (const name of ['ws', 'http-keepalive'] as const) {
        comparisons.push(await costOf(name, script, mock.url));
      }
      return comparisons;
    } finally {
      await mock.stop();
    }
  },
};

async function costOf(name: TransportName, script: Script, url: string): Promise<Comparison> {
  const types: string[] = [];
  await session(name, script, url, (type) => types.push(type));
  for (let warmUp = 0; warmUp < WARM_UP_SESSIONS; warmUp++) await session(name, script, url);
  const steps = SESSIONS * script.turns.length;

  const before = process.cpuUsage();
  for (let run = 0; run < SESSIONS; run++) await session(name, script, url);
  const withMarksMs = cpuMs(process.cpuUsage(before)) / steps;

  const eventsPerStep = types.length / script.turns.length;
  const markedBefore = process.cpuUsage();
  for (let step = 0; step < steps; step++) makeMarks(types, eventsPerStep);
  const marksMs = cpuMs(process.cpuUsage(markedBefore)) / steps;
  return {
    what: `${name}, CPU per step`,
    ours: withMarksMs,
    bare: withMarksMs - marksMs,
    samples: steps,
    bound: BOUND,
  };
}

async function session(
  name: TransportName,
  script: Script,
  url: string,
  onEvent: (type: string) => void = () => undefined,
): Promise<void> {
  const endpoint = { baseUrl: new URL(url), headers: {}, insecure: false };
  const spec = {
    script,
    model: script.name,
    policy: transports[name],
    toolTimeFactor: 0,
    timeoutMs: 10_000,
  };
  const transport = listenedTo(createTransport(name, endpoint), onEvent);
  const { failure } = await runSession(spec, {
    transport,
    signal: new AbortController().signal,
  });
  if (failure) throw new Error(failure.message);
}

function listenedTo(transport: Transport, onEvent: (type: string) => void): Transport {
  return {
    connections: transport.connections,
    holdsSession: () => transport.holdsSession(),
    sessionEnd: () => transport.sessionEnd(),
    compact: (...args) => transport.compact(...args),
    close: () => transport.close(),
    async *exchange(...args) {
      for await (const events of transport.exchange(...args)) {
        for (const { type } of events) onEvent(type);
        yield events;
      }
    },
  };
}

/** All that a transport stamps in one step, one stamp per event though several may share one. */
function makeMarks(types: readonly string[], events: number): void {
  const marks = startMarks(nowUs());
  marks.writeStartUs = nowUs();
  marks.writeEndUs = nowUs();
  marks.firstByteUs = nowUs();
  for (let index = 0; index < events; index++) {
    const atUs = nowUs();
    markEvent(marks, atUs, deltaKindOf(types[index] ?? ''));
    addParseTime(marks, atUs);
  }
  marks.terminalUs = nowUs();
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
