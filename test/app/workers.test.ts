import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunBenchmarkOptions, runBenchmark } from '../../src/app/benchmark.ts';
import { trackSpend } from '../../src/app/options/spend.ts';
import type { RoundEvent } from '../../src/app/run/hooks.ts';
import { histogramOf, summarise } from '../../src/measure/histogram.ts';
import { profiles } from '../../src/mock/profile/bundled.ts';
import type { Result } from '../../src/result/schema.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { smallScript } from '../support/script.ts';

const names = ['http', 'ws'] as const;

/** A run of the small script on two workers, against a mock in this process. */
async function runOnWorkers(options: RunBenchmarkOptions): Promise<Result> {
  const mock = await mockForTest({ profile: profiles.fast });
  return runBenchmark({
    scenario: smallScript,
    endpoint: { url: endpointOf(mock).baseUrl.href },
    transports: names,
    iterations: 8,
    concurrency: 4,
    workers: 2,
    toolTime: 'none',
    calibrate: false,
    ...options,
  });
}

/** The worker threads that a run starts, as they come up. */
function watchWorkers(): Worker[] {
  const workers: Worker[] = [];
  const add = (worker: Worker): void => {
    workers.push(worker);
  };
  process.on('worker', add);
  onTestFinished(() => {
    process.off('worker', add);
  });
  return workers;
}

describe('a run on two workers', () => {
  it('has every round once, and metrics that are those of the pooled samples', async () => {
    const workers = watchWorkers();
    const told: RoundEvent[] = [];
    const steps: boolean[] = [];
    let planned = 0;
    const result = await runOnWorkers({
      onStart: ({ workflows, stepsPerWorkflow }) => {
        planned = workflows * stepsPerWorkflow;
      },
      onStep: ({ warmup }) => steps.push(warmup),
      onRound: (event) => {
        told.push(event);
        return undefined;
      },
    });
    expect(workers).toHaveLength(2);
    expect(result.run).toMatchObject({ complete: true, options: { workers: 2 } });
    expect(result.rounds.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(told.map(({ round }) => round.index).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(steps).toHaveLength(planned);
    expect(steps.filter((warmup) => warmup)).toHaveLength(planned / 9);
    expect(result.environment.noise?.workers).toHaveLength(2);

    for (const name of names) {
      const { workflows, metrics } = result.transports[name] ?? { metrics: {} };
      expect(workflows).toMatchObject({ attempted: 8, completed: 8, failed: 0 });
      const e2eUs = result.rounds.map((round) => round.workflows[name]?.e2eUs ?? NaN);
      expect(metrics.workflow_e2e).toEqual(summarise(histogramOf(e2eUs)));
      const gapsUs = told.flatMap((event) => event.gapsUs[name] ?? []);
      expect(gapsUs.length).toBeGreaterThan(0);
      const pooled = summarise(histogramOf(gapsUs));
      expect(metrics.inter_token).toMatchObject({
        count: gapsUs.length,
        p50: pooled.p50,
        p99: pooled.p99,
        histogram: pooled.histogram,
      });
    }
  });

  it('counts what it may spend over both', async () => {
    const result = await runOnWorkers({
      iterations: 50,
      warmup: 0,
      spend: trackSpend({ maxRequests: 31 }),
    });
    expect(result.run).toMatchObject({ complete: false, stopReason: 'request_limit' });
    const sent = names.map((name) => result.transports[name]?.counters.requests ?? NaN);
    expect(sent.reduce((sum, each) => sum + each, 0)).toBe(31);
  });

  it('gives back what it has when it is called off', async () => {
    const controller = new AbortController();
    let rounds = 0;
    const result = await runOnWorkers({
      iterations: 1000,
      onRound() {
        if (++rounds === 3) controller.abort();
        return undefined;
      },
      signal: controller.signal,
    });
    expect(result.run).toMatchObject({ complete: false, stopReason: 'interrupted' });
    expect(result.rounds.length).toBeGreaterThanOrEqual(3);
    expect(result.rounds.length).toBeLessThan(20);
  });

  it('goes on without one that dies: what that had under way has failed, and says why', async () => {
    const workers = watchWorkers();
    let ended = 0;
    const failures: string[] = [];
    const result = await runOnWorkers({
      iterations: 30,
      onWorkflow({ failure }) {
        if (failure !== undefined) failures.push(failure);
        if (++ended === 10) void workers[1]?.terminate();
      },
    });
    expect(result.run.complete).toBe(true);
    expect(result.rounds).toHaveLength(30);
    const failed = result.rounds
      .flatMap(({ workflows }) => Object.values(workflows))
      .flatMap(({ steps }) => steps.flatMap(({ failure }) => failure ?? []));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThanOrEqual(2);
    expect(failed[0]).toEqual({
      kind: 'internal',
      message: 'worker 2 of 2 died: exit code 1',
    });
    expect(failures).toHaveLength(failed.length);
    expect(failures[0]).toContain('worker 2 of 2 died');
    expect(result.environment.noise?.workers).toHaveLength(1);
  });

  it('ends when all of them are gone', async () => {
    const workers = watchWorkers();
    const result = await runOnWorkers({
      iterations: 1000,
      onRound() {
        for (const worker of workers) void worker.terminate();
        return undefined;
      },
    });
    expect(result.run).toMatchObject({ complete: false, stopReason: 'error' });
    expect(result.rounds.length).toBeGreaterThan(0);
    expect(result.rounds.length).toBeLessThan(20);
  });

  it('leaves no thread behind', async () => {
    const workers = watchWorkers();
    const exits: Promise<unknown>[] = [];
    process.on('worker', remember);
    function remember(worker: Worker): void {
      exits.push(once(worker, 'exit'));
    }
    await runOnWorkers({ iterations: 1, warmup: 0 });
    process.off('worker', remember);
    await Promise.all(exits);
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });
});

it.each([
  [0, 'workers: expected a whole number, or auto, from 1 to 256, got 0'],
  [1.5, 'workers: expected a whole number, or auto, from 1 to 256, got 1.5'],
])('workers: %s is refused', async (workers, said) => {
  await expect(runBenchmark({ workers })).rejects.toThrow(said);
});

it('with a rate, sessions on workers begin when the main thread has them due', async () => {
  const result = await runOnWorkers({ ratePerSecond: 20 });
  const delays = result.rounds
    .flatMap(({ workflows }) => Object.values(workflows))
    .map(({ dispatchDelayUs }) => dispatchDelayUs ?? NaN);
  expect(delays).toHaveLength(16);
  // Were the clocks of two threads confused, they would be off by the time between their starts.
  const shortest = Math.min(...delays);
  expect(shortest).toBeGreaterThan(0);
  expect(shortest).toBeLessThan(50_000);
});
