import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMockProcess } from '../../src/mock/process/process.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import type { Script } from '../../src/scenario/script.ts';
import { nearestRank } from '../../src/stats/percentile.ts';
import type { Benchmark, Comparison } from './benchmark.ts';
import { openStreams } from './paced-streams.ts';
import { growthOf, quantileOf, type Scrape, scrape, valueOf } from './scrape.ts';

const COUNTS = [1, 50, 500] as const;
const TOKENS_PER_SECOND = 50;
const INTERVAL_MS = 1000 / TOKENS_PER_SECOND;
const RAMP_MS = 1000;
const WINDOW_MS = 6000;
/** What we promise: how late at most, and of a core how much. */
const LATE_P50_MS = 0.8;
const LATE_P99_MS = 3;
const CORE_SHARE = 0.45;

const LATENESS = 'agent_latency_bench_mock_event_lateness_seconds';
const CPU = 'process_cpu_seconds_total';

/** How true the mock is to its own schedule, and what that takes. */
export const benchmark: Benchmark = {
  title: 'Pacing',
  note:
    `streams of ${TOKENS_PER_SECOND} tokens/s side by side, ${WINDOW_MS / 1000} s of each after all have begun. ` +
    'None may be early, or the benchmark fails. late: from deadline to written, on the server’s clock, every event, by the histogram in /metrics; bare: the budget. ' +
    'CPU in 1 s: of the server’s process; bare: the budget. CPU per event, and lateness as the client sees it (against ' +
    'the earliest message of the stream): bare: a server with one setTimeout per stream, which looks at no request',
  async run() {
    const mock = await startMockProcess({
      host: '127.0.0.1',
      port: 0,
      tls: { kind: 'off' },
      scripts: [script],
      profile,
    });
    const bareServer = fork(new URL('./bare-pacer.ts', import.meta.url), {
      execArgv: process.execArgv,
    });
    try {
      const [bare] = (await once(bareServer, 'message')) as [{ url: string }];
      const comparisons: Comparison[] = [];
      for (const transport of ['ws', 'sse'] as const) {
        for (const count of COUNTS) {
          const theirs = await measure(transport, count, bare.url);
          const ours = await measure(transport, count, mock.url);
          comparisons.push(...compare(`${transport}, ${count}`, ours, theirs));
        }
      }
      return comparisons;
    } finally {
      bareServer.disconnect();
      await mock.stop();
    }
  },
};

const script: Script = {
  name: 'pacing',
  description: '',
  seed: 1,
  sha256: '',
  tools: [],
  turns: [
    {
      user: 'go',
      toolResults: [],
      model: { text: 'abcd'.repeat(2 * TOKENS_PER_SECOND * (WINDOW_MS / 1000)), calls: [] },
    },
  ],
};

const profile: Profile = {
  name: 'pacing',
  description: 'nothing but the pace of the tokens',
  decode: { tokensPerSecond: TOKENS_PER_SECOND, source: 'assumed: what is to be measured' },
};

interface Measured {
  before: Scrape;
  after: Scrape;
  seconds: number;
  /** As the client sees it, ascending. */
  lateMs: number[];
  /** Of all messages, the least time from request to arrival beyond its place in the schedule. */
  earliestMs: number;
}

async function measure(transport: 'ws' | 'sse', count: number, url: string): Promise<Measured> {
  const streams = await openStreams(transport, url, count, RAMP_MS);
  try {
    await sleep(100);
    const before = await scrape(url);
    const fromMs = performance.now();
    await sleep(WINDOW_MS);
    const after = await scrape(url);
    const seconds = (performance.now() - fromMs) / 1000;
    const lateMs = streams.lateMs(fromMs, INTERVAL_MS).sort((a, b) => a - b);
    const earliestMs = streams.earliestMs(INTERVAL_MS);
    return { before, after, seconds, lateMs, earliestMs };
  } finally {
    streams.close();
    await sleep(500);
  }
}

function compare(what: string, ours: Measured, bare: Measured): Comparison[] {
  const { before, after, seconds } = ours;
  const samples = growthOf(before, after, `${LATENESS}_count`);
  const early = valueOf(after, `${LATENESS}_bucket{le="0"}`);
  if (early > 0 || ours.earliestMs < 0) {
    throw new Error(
      `${what}: ${early} early events by the server's clock, by ours at ${ours.earliestMs} ms`,
    );
  }
  const lateMs = (quantile: number): number => 1000 * quantileOf(before, after, LATENESS, quantile);
  const budget = { samples, bound: 1 };
  return [
    { what: `${what}: late p50`, ours: lateMs(0.5), bare: LATE_P50_MS, ...budget },
    { what: `${what}: late p99`, ours: lateMs(0.99), bare: LATE_P99_MS, ...budget },
    {
      what: `${what}: CPU in 1 s`,
      ours: cpuMs(ours) / seconds,
      bare: CORE_SHARE * 1000,
      ...budget,
    },
    {
      what: `${what}: CPU per event`,
      ours: cpuMs(ours) / ours.lateMs.length,
      bare: cpuMs(bare) / bare.lateMs.length,
      samples,
    },
    ...[50, 99].map((percentile) => ({
      what: `${what}: at the client, late p${percentile}`,
      ours: nearestRank(ours.lateMs, percentile) ?? NaN,
      bare: nearestRank(bare.lateMs, percentile) ?? NaN,
      samples: ours.lateMs.length,
    })),
  ];
}

function cpuMs({ before, after }: Measured): number {
  return 1000 * growthOf(before, after, CPU);
}
