import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { MockOptions } from '../../src/mock/server.ts';
import type { Benchmark, Comparison } from './benchmark.ts';
import { type IdleSession, openSession } from './idle-sessions.ts';
import { scrape, valueOf } from './scrape.ts';
import type { MemoryReport } from './sessions-server.ts';
import { slopeOf } from './slope.ts';

const SESSIONS = 2000;
const CONTEXT_BYTES = 100_000;
/** What a session may take beyond its connection. */
const SESSION_KB = 30;
/** Far less than these sessions ask for. */
const SMALL_BUDGET_KB = 4096;
/** Growth that counts as none: a hundredth of what the sessions may take, each minute. */
const FLAT_KB_PER_MINUTE = 0.01 * SESSIONS * SESSION_KB;

const named = process.argv.slice(2).some((part) => 'sessions.bench.ts'.includes(part));
const minutes = Number(process.env['CHURN_MINUTES'] ?? (named ? 5 : 1));
const PASSING_SESSIONS = 600;
const WARM_UP_MS = 20_000;
const SAMPLE_MS = 3000;
/** So many sessions go on every 100 ms, and a third as many are replaced by new ones. */
const CHURN = 6;

const PREFIX = 'agent_latency_bench_mock_';

/** What idle sessions cost the mock, and whether that stays so. */
export const benchmark: Benchmark = {
  title: 'Sessions',
  note:
    `${SESSIONS} WebSocket sessions with ${CONTEXT_BYTES / 1000} KB of context each (a task, 30 calls and their outputs) in one server process; memory after a ` +
    `forced garbage collection. Bare: the budget. A connection: against the empty server. A session: against its bare connection, in a server where ${PASSING_SESSIONS} other sessions came and went before, whose work left memory behind that is shown too. Churn: ${minutes} min (1 unless the benchmark is named: then 5; CHURN_MINUTES sets it) of ${10 * CHURN} ` +
    `continuations and ${(10 * CHURN) / 3} sessions replaced per second, after ${WARM_UP_MS / 1000} s of the same; growth: slope by least squares, its 95 % interval`,
  async run() {
    return [...(await held()), ...(await evicted())];
  },
};

/** All that is asked for is kept. */
function held(): Promise<Comparison[]> {
  return withServer({}, async (server) => {
    const empty = await server.memory();
    const sessions = await openAll(server.url);
    const connected = await server.memory();
    await comeAndGo(server.url);
    const worked = await server.memory();
    await eachOf(sessions, (session) => session.begin(CONTEXT_BYTES));
    const loaded = await server.memory();
    const accounted = await server.metric('cache_bytes');
    await useAll(server.url, sessions);
    const samples = await churn(server, sessions);
    await eachOf(sessions, (session) => session.close());
    const perSession = (bytes: number): number => bytes / 1000 / SESSIONS;
    const row = { unit: 'KB' as const, samples: SESSIONS };
    const budget = { ...row, bare: SESSION_KB, bound: 1 };
    return [
      {
        ...row,
        what: 'a bare connection, resident',
        ours: perSession(connected.resident - empty.resident),
        bare: SESSION_KB,
      },
      {
        ...budget,
        what: 'a session and its share of what work leaves behind, resident',
        ours: perSession(loaded.resident - connected.resident),
      },
      {
        ...budget,
        what: 'a session, resident',
        ours: perSession(loaded.resident - worked.resident),
      },
      {
        ...budget,
        what: 'a session, heap and external',
        ours: perSession(loaded.used - connected.used),
      },
      { ...budget, what: 'a session, as accounted', ours: perSession(accounted) },
      growth('resident', samples, ({ resident }) => resident),
      growth('heap and external', samples, ({ used }) => used),
    ];
  });
}

/** What is promised is that no growth beyond the bound can be shown: the lower end of the slope's interval. */
function growth(
  what: string,
  samples: readonly Sample[],
  bytesOf: (memory: MemoryReport) => number,
): Comparison {
  const { slope, margin } = slopeOf(
    samples.map(({ minute, memory }) => ({ x: minute, y: bytesOf(memory) / 1000 })),
  );
  return {
    what: `growth per minute, ${what}: ${slope.toFixed(0)} ± ${margin.toFixed(0)} KB; at least`,
    unit: 'KB',
    ours: Math.max(0, slope - margin),
    bare: FLAT_KB_PER_MINUTE,
    samples: samples.length,
    bound: 1,
  };
}

/** The budget is too small for all. */
function evicted(): Promise<Comparison[]> {
  return withServer({ maxTotalBytes: SMALL_BUDGET_KB * 1000 }, async (server) => {
    const sessions = await openAll(server.url);
    let highest = 0;
    let begun = 0;
    await eachOf(sessions, async (session) => {
      await session.begin(CONTEXT_BYTES);
      if (++begun % 50 === 0) highest = Math.max(highest, await server.metric('cache_bytes'));
    });
    const evictions = await server.metric('cache_evictions_total');
    const entries = await server.metric('cache_entries');
    await eachOf(sessions, (session) => session.close());
    if (evictions !== SESSIONS - entries) {
      throw new Error(`expected ${SESSIONS - entries} evictions, got ${evictions}`);
    }
    return [
      {
        what: `most accounted under a budget of ${SMALL_BUDGET_KB} KB (${evictions} evictions)`,
        unit: 'KB',
        ours: highest / 1000,
        bare: SMALL_BUDGET_KB,
        samples: SESSIONS / 50,
        bound: 1,
      },
    ];
  });
}

interface Server {
  url: string;
  memory(): Promise<MemoryReport>;
  metric(name: string): Promise<number>;
}

async function withServer<T>(
  cache: NonNullable<MockOptions['cache']>,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const child: ChildProcess = fork(new URL('./sessions-server.ts', import.meta.url), {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const options: MockOptions = {
    host: '127.0.0.1',
    port: 0,
    tls: { kind: 'off' },
    scripts: [],
    script: { kind: 'tool-loop', calls: 0 },
    profile: profiles.instant,
    cache,
  };
  async function ask<A>(message: object): Promise<A> {
    child.send(message);
    const [answer] = (await once(child, 'message')) as [A];
    return answer;
  }
  const { url } = await ask<{ url: string }>(options);
  try {
    return await use({
      url,
      memory: () => ask<MemoryReport>({}),
      metric: async (name) => valueOf(await scrape(url), PREFIX + name),
    });
  } finally {
    child.disconnect();
  }
}

/**
 * Garbage of requests that malloc doesn't give back, some 50 MB, is there after the first hundreds of them and grows no
 * more, however many sessions follow: it belongs to none of them.
 */
async function comeAndGo(url: string): Promise<void> {
  for (let round = 0; round < PASSING_SESSIONS; round++) {
    const session = await openSession(url);
    await session.begin(CONTEXT_BYTES);
    await session.close();
  }
}

/** What a session takes at its first continuation and its replacement belongs to its cost, not to a growth. */
async function useAll(url: string, sessions: IdleSession[]): Promise<void> {
  await eachOf(sessions, (session) => session.continue(1000));
  for (const [index, session] of sessions.entries()) {
    await session.close();
    sessions[index] = await openSession(url);
    await sessions[index].begin(CONTEXT_BYTES);
    await sessions[index].continue(1000);
  }
}

async function openAll(url: string): Promise<IdleSession[]> {
  const sessions: IdleSession[] = [];
  for (let count = 0; count < SESSIONS; count++) sessions.push(await openSession(url));
  return sessions;
}

async function eachOf(
  sessions: readonly IdleSession[],
  work: (session: IdleSession) => Promise<void>,
): Promise<void> {
  for (const session of sessions) await work(session);
}

interface Sample {
  /** Since the warm-up was over. */
  minute: number;
  memory: MemoryReport;
}

async function churn(server: Server, sessions: IdleSession[]): Promise<Sample[]> {
  const startMs = performance.now() + WARM_UP_MS;
  const endMs = startMs + minutes * 60_000;
  const samples: Sample[] = [];
  let sampleMs = startMs;
  let turn = 0;
  while (performance.now() < endMs) {
    for (let count = 0; count < CHURN; count++) {
      // A prime stride reaches every session, and no two kinds of work fall on the same ones for long.
      const index = (turn++ * 7919) % SESSIONS;
      if (count % 3 === 0) {
        const replaced = (index + 1000) % SESSIONS;
        await sessions[replaced]?.close();
        const session = await openSession(server.url);
        await session.begin(CONTEXT_BYTES);
        sessions[replaced] = session;
      }
      await sessions[index]?.continue(1000);
    }
    if (performance.now() >= sampleMs) {
      sampleMs += SAMPLE_MS;
      const minute = (performance.now() - startMs) / 60_000;
      samples.push({ minute, memory: await server.memory() });
    }
    await sleep(100);
  }
  return samples;
}
