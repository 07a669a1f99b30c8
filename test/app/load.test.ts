import { writeFile } from 'node:fs/promises';
import { type BenchmarkOptions, parseThreshold, runBenchmark } from 'agent-latency-bench';
import { describe, expect, it } from 'vitest';
import { runInterleaved } from '../../src/app/interleave.ts';
import { compareResults } from '../../src/compare/change/results.ts';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { completedOf, workflowsOf } from '../../src/result/query.ts';
import { type Result, resultSchema } from '../../src/result/schema.ts';
import { contradictionIn } from '../../src/result/verify.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { tempFolder } from '../support/cli.ts';
import { mockForTest } from '../support/mock.ts';

/** Two places to decode in, 29 tokens after the first at 600 a second: about 48 ms each. */
const profile = {
  name: 'two-places',
  description: 'two places to decode in',
  decode: { tokensPerSecond: 600, source: 'made up' },
  queue: { decodeSlots: 2, source: 'made up' },
};
const CAPACITY = 2 / (29 / 600);

async function oneStep(): Promise<BenchmarkOptions & { scenario: string }> {
  const scenario = `${await tempFolder()}/one-step.yaml`;
  await writeFile(
    scenario,
    `name: one-step
description: One answer.
instructions: { tokens: 50 }
tools: []
steps:
  - user: { tokens: 10 }
    model: { text: { tokens: 30 } }
`,
  );
  const mock = { profile, tls: false };
  return { scenario, mock, transports: ['http-keepalive', 'ws'], calibrate: false };
}

/** A result that can be written, read, and is of one piece. */
function sound(result: Result): Result {
  const read = resultSchema.parse(JSON.parse(JSON.stringify(result)));
  expect(contradictionIn(read)).toBeUndefined();
  verifyComparisons(read, 'test');
  return read;
}

function codes({ warnings }: Result): string[] {
  return [...new Set(warnings.map(({ code }) => code))];
}

describe('an overloaded server', () => {
  const overload = { ratePerSecond: 80, durationMs: 1000, windowMs: 1000 } as const;

  it('with the queue on our side: latency grows with it, the time of service does not', async () => {
    const result = sound(await runBenchmark({ ...(await oneStep()), ...overload, concurrency: 2 }));
    for (const name of ['http-keepalive', 'ws']) {
      const { workflow_e2e: latency, service_time: service } =
        result.transports[name]?.metrics ?? {};
      // 80 come in a second and take two: the last one waits for about one.
      expect(latency?.p99).toBeGreaterThan(8 * (service?.p50 ?? Infinity));
      // Not the 99th: a hiccup of this machine is the service's too.
      expect(service?.p90).toBeLessThan(2 * (service?.p50 ?? 0));
      const figures = result.load?.levels[0]?.transports[name];
      expect(figures?.mostOpen).toBe(2);
      expect(figures?.heldBack).toBeGreaterThan(60);
      const workflows = completedOf(workflowsOf(name, result.rounds));
      const delays = workflows.map(({ dispatchDelayUs = NaN }) => dispatchDelayUs);
      expect(delays).toHaveLength(80);
      expect(delays.at(-1)).toBeGreaterThan(Math.max(...delays.slice(0, 20)));
    }
    expect(codes(result)).toEqual(expect.arrayContaining(['fell_behind', 'held_back']));
    expect(result.run.options.load).toMatchObject({ by: 'rate', windowMs: 1000 });
  });

  it('with the queue on its side: all begin when they are due, and both times grow', async () => {
    const result = sound(await runBenchmark({ ...(await oneStep()), ...overload }));
    for (const name of ['http-keepalive', 'ws']) {
      const { service_time: service, dispatch_delay: delay } =
        result.transports[name]?.metrics ?? {};
      expect(service?.p99).toBeGreaterThan(4 * (service?.min ?? Infinity));
      expect(delay?.p50).toBeLessThan(service?.min ?? 0);
    }
    expect(codes(result)).toContain('fell_behind');
    expect(codes(result)).not.toContain('held_back');
  });

  it('shows neither to a closed loop, which waits for it', async () => {
    const options = { ...(await oneStep()), iterations: 40, concurrency: 2 };
    const result = sound(await runBenchmark(options));
    const { workflow_e2e: latency, service_time: service } = result.transports['ws']?.metrics ?? {};
    expect(latency?.p90).toBeLessThan(2 * (latency?.p50 ?? 0));
    expect(service).toMatchObject({ count: 0 });
    expect(result.load).toBeUndefined();
    expect(codes(result)).not.toContain('fell_behind');
  });
});

// How near it comes is seen in virtual time; here the machine has a say.
it('a ramp finds the knee near what the places of the profile make of it', async () => {
  const result = sound(
    await runBenchmark({ ...(await oneStep()), ramp: true, ratePerSecond: 35, durationMs: 3000 }),
  );
  for (const name of ['http-keepalive', 'ws']) {
    const { perSecond, mostPerSecond } = result.load?.knees?.[name] ?? {};
    // A busy machine makes the server slower, never faster than its places allow.
    for (const rate of [perSecond, mostPerSecond]) {
      expect((rate ?? NaN) / CAPACITY).toBeGreaterThan(0.4);
      expect((rate ?? NaN) / CAPACITY).toBeLessThan(1.1);
    }
  }
  // Every rate was offered to both.
  expect(result.rounds.every(({ workflows }) => Object.keys(workflows).length === 2)).toBe(true);
});

describe('a rate', () => {
  it('is offered to every transport alike, in windows that they take in turn', async () => {
    const result = sound(
      await runBenchmark({
        ...(await oneStep()),
        ...{ ratePerSecond: 20, arrival: 'poisson', durationMs: 1000, windowMs: 250 },
      }),
    );
    const { rounds, load, comparisons } = result;
    const figures = Object.values(load?.levels[0]?.transports ?? {});
    expect(figures.map(({ arrivals }) => arrivals)).toEqual([rounds.length, rounds.length]);
    expect(new Set(rounds.map(({ arrival }) => arrival?.window)).size).toBe(comparisons[0]?.pairs);
    expect(result.run.options.iterations).toBe(rounds.length);
  });

  it('of another shard has the other arrivals', async () => {
    const options = { ...(await oneStep()), ratePerSecond: 40, durationMs: 250, windowMs: 250 };
    const parts = await Promise.all(
      [1, 2].map((index) => runBenchmark({ ...options, shard: { index, count: 2 } })),
    );
    const indices = parts.map(({ rounds }) => rounds.map(({ index }) => index));
    expect(indices).toEqual([
      [0, 2, 4, 6, 8],
      [1, 3, 5, 7, 9],
    ]);
  });

  it('of two endpoints goes to both in turn, and their windows are the pairs', async () => {
    const { mock: _, ...options } = await oneStep();
    const scripts = [expandScenario(await loadScenario(options.scenario), 1)];
    const base = { url: (await mockForTest({ scripts })).url };
    const candidate = { url: (await mockForTest({ scripts })).url };
    const load = { ratePerSecond: 60, durationMs: 500, windowMs: 70 };
    const results = await runInterleaved({ ...options, ...load, base, candidate });
    const [before, after] = [sound(results.base), sound(results.candidate)];
    expect(before.rounds.map(({ index }) => index)).toEqual(
      Array.from({ length: 30 }, (_, k) => k),
    );
    expect(after.rounds.map(({ arrival }) => arrival)).toEqual(
      before.rounds.map(({ arrival }) => arrival),
    );
    expect(compareResults(before, after).map(({ pairs }) => pairs)).toEqual(Array(6).fill(7));
  });

  it('counts as good what is within the thresholds', async () => {
    const goodWithin = ['ws.workflow_e2e: p(95)<1us', 'failed: rate<1%'].map((text) =>
      parseThreshold(text, 'test'),
    );
    const result = sound(
      await runBenchmark({
        ...(await oneStep()),
        ...{ ratePerSecond: 20, iterations: 6, windowMs: 1000, goodWithin },
      }),
    );
    const { transports } = result.load?.levels[0] ?? {};
    expect(transports?.['ws']).toMatchObject({ good: 0, goodPerSecond: 0 });
    expect(transports?.['http-keepalive']?.good).toBe(6);
    expect(result.run.options.load).toMatchObject({ goodWithin: ['ws.workflow_e2e: p(95)<1us'] });
  });
});

describe('other loads', () => {
  it('stages of sessions: as many at once as they say, for as long as they say', async () => {
    const result = sound(
      await runBenchmark({
        ...(await oneStep()),
        stages: [
          { durationMs: 0, sessions: 2 },
          { durationMs: 400, sessions: 2 },
        ],
      }),
    );
    expect(result.run).toMatchObject({ complete: true, stop: { reached: 'time' } });
    expect(result.run.options).toMatchObject({ concurrency: 2, load: { by: 'sessions' } });
    expect(result.rounds.length).toBeGreaterThan(1);
  });

  it('a duration: rounds begin for so long', async () => {
    const result = sound(
      await runBenchmark({ ...(await oneStep()), durationMs: 300, concurrency: 1 }),
    );
    expect(result.run).toMatchObject({ complete: true, stop: { maxTimeMs: 300, reached: 'time' } });
  });
});
