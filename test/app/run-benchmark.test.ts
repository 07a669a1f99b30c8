import { type RunHooks, runBenchmark, type WorkflowEvent } from 'agent-latency-bench';
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

describe('the package, imported by its name', () => {
  it.each(builtinNames)(
    'replays %s with the same calls and texts on every transport',
    async (scenario) => {
      const outcomes = new Map<string, WorkflowEvent['outcome']>();
      const onWorkflow: RunHooks['onWorkflow'] = ({ transport, outcome }) => {
        outcomes.set(transport, outcome);
      };
      const result = await runBenchmark(
        { ...instant, scenario, transports: allTransports, toolTime: 'none' },
        { onWorkflow },
      );
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
    await runBenchmark(
      { ...instant, scenario, transports: ['http', 'ws'], iterations: 2, warmup: 1 },
      {
        onStart: (plan) => {
          planned = plan.workflows * plan.stepsPerWorkflow;
        },
        onStep: (slot) => steps.push(slot.warmup),
        onWorkflow: () => workflows++,
      },
    );
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
    const result = await runBenchmark(
      { ...instant, scenario: `${folder}/${await writeScenario(folder)}`, iterations: 50 },
      {
        onStep: () => {
          if (++steps === afterSteps) controller.abort();
        },
      },
      controller.signal,
    );
    expect(result.run).toMatchObject({ complete: false, stopReason: 'interrupted' });
    const recorded = result.rounds.flatMap((round) =>
      Object.values(round.workflows).flatMap((workflow) => workflow.steps),
    );
    expect(recorded.filter((step) => step.state === 'completed')).toHaveLength(afterSteps);
  });

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

  it('replays the same for the same seed, something else for another', async () => {
    const seen = [];
    for (const seed of [7, 7, 8]) {
      const options = { ...instant, scenario: 'quick', toolTime: 'none', iterations: 8 } as const;
      const { rounds } = await runBenchmark({ ...options, seed });
      seen.push({
        orders: rounds.map(({ order }) => order),
        outcomes: rounds.map(({ workflows }) => workflows['ws']?.outcomeSha256),
      });
    }
    const [one, same, other] = seen;
    expect(same).toEqual(one);
    expect(other?.orders).not.toEqual(one?.orders);
    expect(other?.outcomes).not.toEqual(one?.outcomes);
  });
});
