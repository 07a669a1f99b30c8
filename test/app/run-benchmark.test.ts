import { readFile, writeFile } from 'node:fs/promises';
import {
  type RoundEvent,
  type RunHooks,
  runBenchmark,
  type WorkflowEvent,
} from 'agent-latency-bench';
import { describe, expect, it } from 'vitest';
import { builtinNames } from '../../src/scenario/builtin.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { tempFolder } from '../support/cli.ts';
import { SCENARIO_STEPS, writeScenario } from '../support/scenario.ts';

const allTransports = Object.keys(transports) as TransportName[];
const instant = {
  mock: { profile: 'instant' },
  iterations: 1,
  warmup: 0,
  concurrency: 1,
  calibrate: false,
} as const;

describe.concurrent('the package, imported by its name', () => {
  it.each(builtinNames)(
    'replays %s with the same calls and texts on every transport',
    async (scenario) => {
      const outcomes = new Map<string, WorkflowEvent['outcome']>();
      const onWorkflow: RunHooks['onWorkflow'] = ({ transport, outcome }) => {
        outcomes.set(transport, outcome);
      };
      const result = await runBenchmark({
        ...instant,
        scenario,
        transports: allTransports,
        toolTime: 'none',
        onWorkflow,
      });
      expect(result.run.complete).toBe(true);
      const [base = []] = outcomes.values();
      expect(base.length).toBeGreaterThanOrEqual(result.run.scenario.steps);
      expect([...outcomes.keys()].sort()).toEqual(allTransports.toSorted());
      for (const outcome of outcomes.values()) expect(outcome).toEqual(base);
      for (const workflow of Object.values(result.rounds[0]?.workflows ?? {})) {
        expect(workflow.steps.flatMap((step) => step.deviations ?? [])).toEqual([]);
      }
    },
  );

  it('tells its hooks of every step and session, warm-up included', async () => {
    const steps: boolean[] = [];
    let workflows = 0;
    let planned = 0;
    const scenario = `${await tempFolder()}/tiny.yaml`;
    await writeScenario(scenario.slice(0, -'/tiny.yaml'.length));
    const told: RoundEvent[] = [];
    const result = await runBenchmark({
      ...instant,
      scenario,
      transports: ['http', 'ws'],
      iterations: 2,
      warmup: 1,
      onStart: (size) => {
        planned = size.workflows * size.stepsPerWorkflow;
      },
      onStep: (place) => steps.push(place.warmup),
      onWorkflow: () => workflows++,
      onRound: (event) => {
        told.push(event);
        return undefined;
      },
    });
    expect(told.map(({ round }) => round)).toEqual(result.rounds);
    expect(told.map(({ gapsUs }) => Object.keys(gapsUs))).toEqual([
      ['http', 'ws'],
      ['http', 'ws'],
    ]);
    expect(steps).toHaveLength(planned);
    expect(steps.filter((warmup) => warmup)).toHaveLength(planned / 3);
    expect(workflows).toBe(6);
  });

  it.each([
    ['before it begins', 0],
    ['in the middle', 5],
  ])('gives back what it has when the signal aborts %s', async (_when, afterSteps) => {
    const controller = new AbortController();
    const folder = await tempFolder();
    let steps = 0;
    if (afterSteps === 0) controller.abort();
    const result = await runBenchmark({
      ...instant,
      scenario: `${folder}/${await writeScenario(folder)}`,
      iterations: 50,
      onStep: () => {
        if (++steps === afterSteps) controller.abort();
      },
      signal: controller.signal,
    });
    expect(result.run).toMatchObject({ complete: false, stopReason: 'interrupted' });
    const recorded = result.rounds.flatMap((round) =>
      Object.values(round.workflows).flatMap((workflow) => workflow.steps),
    );
    expect(recorded.filter((step) => step.state === 'completed')).toHaveLength(afterSteps);
  });

  it.each(['onStart', 'onStep', 'onWorkflow', 'onRound'] as const)(
    'ends with what %s throws, and takes that for nobody else’s failure',
    async (name) => {
      const folder = await tempFolder();
      const run = runBenchmark({
        ...instant,
        scenario: `${folder}/${await writeScenario(folder)}`,
        transports: ['ws'],
        [name]: () => {
          throw new Error('the caller’s own');
        },
      });
      await expect(run).rejects.toThrow('the caller’s own');
    },
  );

  it('counts rounds, requests and connections as they were, warm-up excluded', async () => {
    const folder = await tempFolder();
    const { rounds, transports: summaries } = await runBenchmark({
      ...instant,
      scenario: `${folder}/${await writeScenario(folder)}`,
      iterations: 3,
      warmup: 1,
      concurrency: 2,
    });
    expect(rounds.map((round) => round.index).sort()).toEqual([0, 1, 2]);
    for (const [name, connectionsPerSession] of [
      ['http', SCENARIO_STEPS],
      ['http-keepalive', 1],
      ['ws', 1],
    ] as const) {
      expect(summaries[name]?.workflows).toEqual({ attempted: 3, completed: 3, failed: 0 });
      expect(summaries[name]?.counters).toMatchObject({
        requests: 3 * SCENARIO_STEPS,
        connections: 3 * connectionsPerSession,
      });
    }
  });

  it('goes on where the first session to end failed and others got their answers', async () => {
    const folder = await tempFolder();
    const { run, transports } = await runBenchmark({
      ...instant,
      scenario: `${folder}/${await writeScenario(folder)}`,
      mock: { profile: 'instant', tls: false, fault: '503@call1' },
      transports: ['ws'],
      iterations: 12,
      concurrency: 4,
    });
    expect(run.stopReason).toBeUndefined();
    expect(transports['ws']?.workflows).toEqual({ attempted: 12, completed: 11, failed: 1 });
  });

  it('shows what a refused WebSocket costs, whatever warming up met before', async () => {
    const folder = await tempFolder();
    const scenario = `${folder}/${await writeScenario(folder)}`;
    const { rounds, transports } = await runBenchmark({
      ...instant,
      scenario,
      mock: { profile: 'instant', tls: false, fault: 'upgrade:426' },
      transports: ['ws'],
      iterations: 2,
      warmup: 1,
      concurrency: 1,
    });
    const [first, second] = rounds.map(({ workflows }) => workflows['ws']);
    expect(first?.recoveries).toMatchObject([
      { step: 0, cause: { kind: 'upgrade_refused', status: 426 }, action: 'fall_back' },
    ]);
    expect(second?.fellBack).toBe(true);
    expect(second?.recoveries).toBeUndefined();
    expect(transports['ws']?.counters.fallbacks).toBe(2);
  });

  it('meets the same faults for the same seed, and others for another', async () => {
    const folder = await tempFolder();
    const scenario = `${folder}/${await writeScenario(folder)}`;
    const mock = { profile: 'instant', tls: false, fault: 'flaky,503@0.3' };
    const options = { ...instant, mock, scenario, transports: ['http'], iterations: 8 } as const;
    const seen = await Promise.all(
      [3, 3, 4].map(async (seed) => {
        const { rounds, run } = await runBenchmark({ ...options, seed });
        expect(run.endpoint.fault).toMatch(/^503@.*,503@0\.3$/);
        return rounds.map(({ workflows }) =>
          workflows['http']?.steps.map(({ state, failure }) => failure?.status ?? state),
        );
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).not.toEqual(seen[0]);
  });

  it('tries again as often as told, and counts that', async () => {
    const folder = await tempFolder();
    const scenario = `${folder}/${await writeScenario(folder)}`;
    const { transports: summaries } = await runBenchmark({
      ...instant,
      mock: { profile: 'instant', tls: false, fault: '503:1ms@call1,503:1ms@call2' },
      scenario,
      transports: ['ws'],
      recovery: { retries: 2 },
    });
    expect(summaries['ws']).toMatchObject({
      workflows: { completed: 1, failed: 0 },
      counters: { retries: 2, requests: SCENARIO_STEPS + 2 },
    });
  });

  it('compacts the context where the scenario says so, on every transport, to the same end', async () => {
    const folder = await tempFolder();
    const plain = `${folder}/${await writeScenario(folder)}`;
    const compacted = `${folder}/compacted.yaml`;
    const text = await readFile(plain, 'utf8');
    await writeFile(compacted, `${text}compact: { above: { bytes: 3500 } }\n`);
    const all = { ...instant, transports: allTransports };
    const before = await runBenchmark({ ...all, scenario: plain });
    const after = await runBenchmark({ ...all, scenario: compacted });
    for (const name of allTransports) {
      expect(after.transports[name]?.workflows).toMatchObject({ completed: 1, failed: 0 });
      expect(before.transports[name]?.counters.compactions).toBe(0);
      expect(after.transports[name]?.counters.compactions).toBeGreaterThan(0);
      expect(after.rounds[0]?.workflows[name]?.outcomeSha256).toBe(
        before.rounds[0]?.workflows[name]?.outcomeSha256,
      );
    }
  });

  it.each([
    ['retries', { retries: 1.5 }],
    ['cool down', { coolDownMs: -1 }],
    ['rotate', { rotateMs: 0 }],
    ['ping', { pingIntervalMs: Infinity }],
    ['connect timeout', { connectTimeoutMs: NaN }],
  ] as const)('refuses a bad %s before anything starts', async (name, recovery) => {
    await expect(runBenchmark({ ...instant, recovery })).rejects.toThrow(
      new RegExp(`^${name}: expected`),
    );
  });

  it('replays the same for the same seed, something else for another', async () => {
    const options = { ...instant, scenario: 'quick', toolTime: 'none', iterations: 4 } as const;
    const [one, same, other] = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const { rounds } = await runBenchmark({ ...options, seed });
        return {
          orders: rounds.map(({ order }) => order),
          outcomes: rounds.map(({ workflows }) => workflows['ws']?.outcomeSha256),
        };
      }),
    );
    expect(same).toEqual(one);
    expect(other?.orders).not.toEqual(one?.orders);
    expect(other?.outcomes).not.toEqual(one?.outcomes);
  });
});
