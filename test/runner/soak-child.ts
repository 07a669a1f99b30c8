/*
 * A thousand sessions against a mock where much goes wrong, in a process of its own: what is left of them is counted.
 * Prints one line of JSON, and must then end by itself.
 */

import { createHook } from 'node:async_hooks';
import { parseFaults } from '../../src/mock/fault/spec.ts';
import { startMockProcess } from '../../src/mock/process/process.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import { createProbeSchedule } from '../../src/runner/recovery/probe-schedule.ts';
import { runSession } from '../../src/runner/session.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { defaultSessionLimits } from '../../src/transport/session-limits.ts';
import { smallScript } from '../support/script.ts';

/** What the test reads. */
export interface SoakReport {
  attempted: number;
  completed: number;
  failed: number;
  recoveries: Record<string, number>;
  /** Rejections and exceptions that nobody caught. */
  unhandled: string[];
  /** Sockets and timers that are still there, whether or not they keep the process alive. */
  leaked: string[];
  /** Heap after garbage collection, each so many workflows after the one before. */
  heapBytes: number[];
}

const WORKFLOWS = 1000;
const LANES = 20;
const WORKFLOWS_PER_SAMPLE = 100;
const SEED = 20_261_122;
const PATIENCE_MS = 10_000;
const FAULTS = [
  'upgrade:426@0.02,upgrade:503@0.02,503:1ms@0.03,429:1ms@0.03,401@0.01,fail@0.02,fail@event6@0.02',
  'close@0.03,close@event6@0.02,reset@0.03,reset@event6@0.02,garbage@0.02,stall@0.003',
  'forget@0.05,slow-read:2ms@0.02,age:30ms@0.05',
].join(',');
/** Without TLS there is no HTTP/2. */
const names = (Object.keys(transports) as TransportName[]).filter((name) => name !== 'http2');

const live = new Map<number, string>();
const hook = createHook({
  init(id, type) {
    if (WATCHED.has(type)) live.set(id, type);
  },
  destroy(id) {
    live.delete(id);
  },
});
const WATCHED = new Set(['Timeout', 'TCPWRAP', 'TLSWRAP', 'GETADDRINFOREQWRAP']);

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));
process.on('uncaughtException', (error) => unhandled.push(String(error)));

const mock = await startMockProcess({
  host: '127.0.0.1',
  port: 0,
  tls: { kind: 'off' },
  scripts: [smallScript],
  profile: profiles.instant,
  fault: { rules: parseFaults(FAULTS, 'soak'), seed: SEED },
});
hook.enable();
const report = await soak(mock.url);
await settled();
hook.disable();
report.leaked = [...live.values()];
await mock.stop();
process.stdout.write(`${JSON.stringify(report)}\n`);

async function soak(url: string): Promise<SoakReport> {
  const endpoint = { baseUrl: new URL(url), headers: {}, insecure: false };
  const limits = { ...defaultSessionLimits, pingIntervalMs: 200, rotateMs: 500, idleCloseMs: 100 };
  const probes = new Map(
    names.map((name) => [name, createProbeSchedule(100, () => performance.now())]),
  );
  const counts: SoakReport = {
    attempted: 0,
    completed: 0,
    failed: 0,
    recoveries: {},
    unhandled,
    leaked: [],
    heapBytes: [],
  };

  async function session(index: number): Promise<void> {
    const name = names[index % names.length] ?? 'ws';
    const schedule = probes.get(name);
    counts.attempted++;
    const { record } = await runSession(
      {
        script: smallScript,
        model: smallScript.name,
        policy: transports[name],
        toolTimeFactor: 0.2,
        timeoutMs: 1000,
        recovery: { retries: index % 3, retryPartial: index % 2 === 0, maxReconnects: 2 },
        seed: SEED + index,
      },
      {
        transport: createTransport(name, endpoint, limits),
        signal: new AbortController().signal,
        ...(schedule && {
          fallback: {
            open: () => createTransport('http-keepalive', endpoint, limits),
            probes: schedule,
          },
        }),
      },
    );
    if (record.state !== 'aborted') counts[record.state]++;
    for (const { action } of record.recoveries ?? []) {
      counts.recoveries[action] = (counts.recoveries[action] ?? 0) + 1;
    }
  }

  for (let first = 0; first < WORKFLOWS; first += WORKFLOWS_PER_SAMPLE) {
    let next = first;
    const lane = async (): Promise<void> => {
      while (next < first + WORKFLOWS_PER_SAMPLE) await session(next++);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    // What is under way between two batches is nothing: what stays is kept.
    await new Promise(setImmediate);
    globalThis.gc?.();
    counts.heapBytes.push(process.memoryUsage().heapUsed);
  }
  return counts;
}

/** Until all is gone, or nothing more goes for long. Waits without a timer, which would be one too many. */
async function settled(): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (live.size > 0 && performance.now() < untilMs) await new Promise(setImmediate);
}
