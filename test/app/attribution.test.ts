import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type BenchmarkOptions,
  type Result,
  runBenchmark,
  type WorkflowRecord,
} from 'agent-latency-bench';
import { describe, expect, it } from 'vitest';
import { verifyComparisons } from '../../src/compare/verify.ts';
import type { Profile } from '../../src/mock/profile/schema.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import type { TimePart } from '../../src/result/attribution.ts';
import { tempFolder } from '../support/cli.ts';
import { SCENARIO_STEPS, writeScenario } from '../support/scenario.ts';

const source = 'injected';
const ROUNDS = 6;

/** Different costs, so that no stage can stand for another. */
const injectedMs = {
  admit: 20,
  route: 11,
  safety: 31,
  tokenise: 15,
  embed: 23,
  queue: 17,
  prefill: 41,
} as const;
const EARLY_MS = 100;
const FIRST_TOKEN_MS = 158;
const stages = Object.keys(injectedMs) as (keyof typeof injectedMs)[];

const staged: Profile = {
  name: 'staged',
  description: 'known costs',
  ...Object.fromEntries(stages.map((stage) => [stage, { fixedMs: injectedMs[stage], source }])),
  queue: { fixedMs: injectedMs.queue, decodeSlots: null, source },
  decode: { tokensPerSecond: 1000, source },
};

async function run(options: BenchmarkOptions): Promise<Result> {
  const folder = await tempFolder();
  const scenario = path.join(folder, await writeScenario(folder));
  return runBenchmark({ scenario, iterations: ROUNDS, warmup: 1, concurrency: 3, ...options });
}

function partsOf({ attribution }: Result, arm: string): Partial<Record<TimePart, number>> {
  return attribution?.arms[arm]?.parts ?? expect.fail(`no parts of ${arm}`);
}

function expectWhole(result: Result): void {
  for (const [name, { e2eUs, parts }] of Object.entries(result.attribution?.arms ?? {})) {
    expect(Object.values(parts).reduce((sum, us) => sum + us, 0)).toBe(e2eUs);
    const e2e = result.rounds.map(({ workflows }) => workflows[name]?.e2eUs ?? NaN);
    const meanUs = e2e.reduce((sum, us) => sum + us, 0) / e2e.length;
    expect(Math.abs(e2eUs - meanUs)).toBeLessThan(0.51);
  }
  expect(() => {
    verifyComparisons(result, 'the run');
  }).not.toThrow();
}

describe.concurrent('the attribution of a run', { timeout: 120_000 }, () => {
  it('finds every stage that was injected, and what is left is small', async () => {
    const profile = path.join(await tempFolder(), 'staged.json');
    await writeFile(profile, JSON.stringify(staged));
    const result = await run({ transports: ['http', 'http-keepalive', 'ws'], mock: { profile } });
    expectWhole(result);
    expect(result.attribution).toMatchObject({ rounds: ROUNDS, serverStages: 'declared' });
    for (const arm of ['http', 'http-keepalive', 'ws']) {
      for (const stage of stages) {
        // A connection that holds its route pays for it once.
        const times = arm === 'ws' && stage === 'route' ? 1 : SCENARIO_STEPS;
        const us = times * injectedMs[stage] * 1000;
        expect(Math.abs((partsOf(result, arm)[stage] ?? 0) - us)).toBeLessThanOrEqual(1);
      }
    }
    const steps = result.rounds.flatMap(({ workflows }) => {
      const { 'http-keepalive': workflow } = workflows;
      return workflow?.steps.slice(1) ?? [];
    });
    expect(steps).toHaveLength(ROUNDS * (SCENARIO_STEPS - 1));
    // The client's own clock saw the stages end when they should: never early, and once at least as it should be.
    const beyond = (us: (step: (typeof steps)[number]) => number): number[] =>
      steps.map(us).sort((a, b) => a - b);
    const checks = [
      beyond(({ ttfeUs }) => (ttfeUs ?? NaN) - EARLY_MS * 1000),
      beyond(({ ttftUs }) => (ttftUs ?? NaN) - FIRST_TOKEN_MS * 1000),
      beyond(
        ({ durationUs, server }) =>
          durationUs - FIRST_TOKEN_MS * 1000 - (server?.stagesUs.decode ?? NaN),
      ),
      beyond(({ phases, parsingUs = 0, server }) => {
        const declared = Object.values(server?.stagesUs ?? {}).reduce((sum, us) => sum + us, 0);
        const { requestWriteUs, waitingUs, streamingUs } = phases;
        return requestWriteUs + waitingUs + streamingUs + parsingUs - declared;
      }),
    ];
    const floorUs = result.calibration?.noiseFloorUs ?? 0;
    for (const errorsUs of checks) {
      expect(errorsUs[0]).toBeGreaterThan(-1000);
      expect(errorsUs[0]).toBeLessThan(Math.max(0.05 * FIRST_TOKEN_MS * 1000, floorUs));
    }
    const overheads = result.transports['http-keepalive']?.metrics.workflow_overhead;
    expect(overheads?.count).toBe(ROUNDS);
    // All but the tools and the model: the other stages at least.
    expect(overheads?.min).toBeGreaterThanOrEqual(SCENARIO_STEPS * EARLY_MS * 1000 * 0.99);
    const processed = (arm: string): number =>
      result.transports[arm]?.counters.tokens_processed ?? expect.fail('not declared');
    expect(processed('ws')).toBeLessThan(processed('http'));
  });

  it('shows the work after an answer where the next request waits for it, and only there', async () => {
    const POST_MS = 80;
    const result = await run({
      transports: ['http', 'http-keepalive', 'ws'],
      toolTime: 'none',
      calibrate: false,
      mock: {
        profile: {
          name: 'post',
          description: 'busy afterwards',
          decode: { tokensPerSecond: null, source },
          admit: { fixedMs: 1, source },
          post: { fixedMs: POST_MS, source },
        },
      },
    });
    expectWhole(result);
    const queuedUs = result.rounds.flatMap(({ workflows }) => {
      const { 'http-keepalive': workflow } = workflows;
      return workflow?.steps.flatMap((step) => step.queuedUs ?? []) ?? [];
    });
    expect(Math.max(...queuedUs)).toBeGreaterThan((POST_MS / 2) * 1000);
    expect(partsOf(result, 'http-keepalive').queued).toBeGreaterThan(0);
    // A new connection and a WebSocket don't wait for it.
    expect(partsOf(result, 'http')).not.toHaveProperty('queued');
    expect(partsOf(result, 'ws')).not.toHaveProperty('queued');
  });

  it('finds WebSocket one round trip behind at first, and ahead once it has saved that much', async () => {
    const RTT_MS = 150;
    const over = (routeMs: number): Promise<Result> =>
      run({
        transports: ['http-keepalive', 'ws'],
        toolTime: 'none',
        calibrate: false,
        concurrency: ROUNDS,
        // Slow start would cost the HTTP connection a round trip too: less has gone over it by then.
        link: { ...plainLink(RTT_MS), slowStart: false },
        mock: {
          profile: {
            name: 'routed',
            description: 'a route that a connection holds',
            decode: { tokensPerSecond: null, source },
            admit: { fixedMs: 1, source },
            route: { fixedMs: routeMs, source },
          },
        },
      });
    const [never, soon] = await Promise.all([over(0), over(2 * RTT_MS)]);
    for (const result of [never, soon]) {
      expectWhole(result);
      // What a busy machine adds isn't the upgrade's: the shortest first steps are a round trip apart.
      const shortestUs = (arm: string): number =>
        Math.min(...result.rounds.map(({ workflows }) => firstStepUs(workflows[arm])));
      const behindMs = (shortestUs('ws') - shortestUs('http-keepalive')) / 1000;
      expect(behindMs).toBeGreaterThan(0.5 * RTT_MS);
      expect(behindMs).toBeLessThan(1.5 * RTT_MS);
      const { wsUpgrade, roundTrip = NaN } = partsOf(result, 'ws');
      expect(wsUpgrade).toBeGreaterThan(0.9 * RTT_MS * 1000);
      // Parts are rounded to whole µs so that they add up.
      expect(roundTrip).toBeLessThan(SCENARIO_STEPS * RTT_MS * 1000 + 10);
      expect(roundTrip).toBeGreaterThan(0.8 * SCENARIO_STEPS * RTT_MS * 1000);
    }
    const [behind] = never.attribution?.breakEven ?? [];
    expect(behind).toMatchObject({ base: 'http-keepalive', candidate: 'ws', fromStep: null });
    expect(behind?.firstStepUs).toBeGreaterThan(0);
    // The second step saves two round trips, where the upgrade took one.
    const [ahead] = soon.attribution?.breakEven ?? [];
    expect(ahead?.fromStep).toBeLessThanOrEqual(SCENARIO_STEPS);
    expect(ahead?.lastStepUs).toBeLessThan(-1.5 * RTT_MS * 1000);
  });
});

function firstStepUs(workflow: WorkflowRecord | undefined): number {
  return workflow?.steps[0]?.durationUs ?? NaN;
}
