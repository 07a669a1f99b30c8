import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBenchmark } from '../../src/index.ts';
import { stepsOf } from '../../src/result/query.ts';
import { contradictionIn } from '../../src/result/verify.ts';
import { runSession, type SessionEnded } from '../../src/runner/session.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import type { Script } from '../../src/scenario/script.ts';
import { createTransport, type TransportName, transports } from '../../src/transport/index.ts';
import { tempFolder } from '../support/cli.ts';
import { endpointOf, mockForTest } from '../support/mock.ts';
import { withFaults } from './run-small.ts';

const LONG_MS = 300;

const yaml = `
name: fleet
tools: [{ name: start, parameters: { type: object } }]
sub-agents:
  slow:
    tools: [{ name: look, parameters: { type: object } }]
    steps:
      - { user: { tokens: 50 }, model: { call: { tool: look } } }
      - { tool: { output: { tokens: 60 }, time: ${LONG_MS}ms }, model: { text: { text: slowly } } }
  quick:
    steps: [{ user: { tokens: 50 }, model: { text: { text: quickly } } }]
steps:
  - user: { tokens: 20 }
    model: { call: [{ tool: start }, { tool: start }, { tool: start }] }
  - tool:
      - { output: { tokens: 30 }, agent: quick }
      - { output: { tokens: 30 }, agent: slow }
      - { output: { tokens: 30 }, time: 1ms }
    model: { call: [{ tool: start }, { tool: start }] }
  - tool: [{ output: { tokens: 30 }, agent: quick }, { output: { tokens: 30 }, agent: quick }]
    model: { text: { text: done } }
`;

async function fleet(): Promise<Script> {
  return expandScenario(await parseScenario(yaml, 'fleet.yaml'), 1);
}

async function runFleet(
  name: TransportName,
  {
    fault,
    timeoutMs = 20_000,
    signal,
  }: { fault?: string; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<SessionEnded> {
  const script = await fleet();
  const mock = await mockForTest({
    scripts: [script],
    tls: { kind: 'generated' },
    ...(fault !== undefined && withFaults(fault)),
  });
  const open = () => createTransport(name, endpointOf(mock));
  return runSession(
    { script, model: script.name, policy: transports[name], toolTimeFactor: 1, timeoutMs },
    { transport: open(), open, signal: signal ?? new AbortController().signal },
  );
}

/** Calls of the agent, and of the sub-agents that it starts: 3 and 1 + 2 + 1 + 1. */
const CALLS = 8;

describe('sub-agents run side by side', () => {
  const names = Object.keys(transports) as TransportName[];

  it.each(names)(
    'over %s: all is done, the longest is waited for, its time is accounted for',
    async (name) => {
      const { record, outcome } = await runFleet(name);
      expect(record.state).toBe('completed');
      expect(outcome.map((each) => (each.kind === 'text' ? each.text : each.name)).join(' ')).toBe(
        'start start start quickly look slowly start start quickly quickly done',
      );
      expect(
        record.agents?.map(({ name: agent, step, awaited }) => [agent, step, awaited]),
      ).toEqual([
        ['quick', 1, undefined],
        ['slow', 1, true],
        ['quick', 2, record.agents?.[2]?.awaited],
        ['quick', 2, record.agents?.[3]?.awaited],
      ]);
      expect(stepsOf(record)).toHaveLength(CALLS);
      const warmUps = transports[name].warm ? 5 : 0;
      expect(record.counters.requests).toBe(CALLS + warmUps);
      expect(record.counters.input_tokens_sent).toBeGreaterThan(0);

      const accountedUs = Object.values(record.phases).reduce((sum, us) => sum + us, 0);
      expect(accountedUs).toBe(record.e2eUs);
      expect(record.phases.toolTimeUs).toBeGreaterThanOrEqual(LONG_MS * 1000);
      expect(Math.abs(record.phases.residualUs)).toBeLessThan(record.e2eUs / 4);
      const [slow] = record.agents?.filter(({ awaited }) => awaited) ?? [];
      expect(record.steps[1]?.agentsUs).toBeGreaterThanOrEqual(slow?.e2eUs ?? Infinity);
    },
  );

  it.each([
    ['http', CALLS, 'a connection a call'],
    ['http-keepalive', 2, 'the agent’s own and one more, used again by whoever comes next'],
    ['http2', 2, 'the same'],
    ['ws', 5, 'a socket for each session'],
  ] as const)('%s opens %i connections: %s', async (name, connections, _why) => {
    const { record } = await runFleet(name);
    expect(record.counters.connections).toBe(connections);
    expect(record.connections).toHaveLength(connections);
    expect(record.counters.bytes_sent).toBe(
      record.connections.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    );
  });
});

describe('where a sub-agent doesn’t come to its end', () => {
  it.each(['http-keepalive', 'ws'] as const)(
    'over %s the session has failed and says why',
    async (name) => {
      // The agent's first answer passes, whichever sub-agent asks next is refused.
      const { record, failure } = await runFleet(name, { fault: '429@call2' });
      expect(record.state).toBe('failed');
      expect(failure).toMatchObject({ status: 429 });
      expect(record.steps).toHaveLength(1);
      const states = record.agents?.map(({ state }) => state) ?? [];
      expect(states).toContain('failed');
      // The other one had ended, or was called off: nobody waits for it.
      expect(record.e2eUs).toBeLessThan(LONG_MS * 1000 + record.counters.requests * 1_000_000);
    },
  );

  it('is called off with the run, all sockets closed', async () => {
    const controller = new AbortController();
    const running = runFleet('ws', { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, LONG_MS / 2);
    const { record } = await running;
    expect(record.state).toBe('aborted');
  });
});

it('makes a result that agrees with itself', async () => {
  const scenario = path.join(await tempFolder(), 'fleet.yaml');
  await writeFile(scenario, yaml);
  const result = await runBenchmark({
    scenario,
    transports: ['http-keepalive', 'ws'],
    mock: { profile: 'fast' },
    iterations: 2,
    warmup: 0,
    concurrency: 1,
    calibrate: false,
  });
  expect(result.run.scenario.steps).toBe(CALLS);
  expect(contradictionIn(result)).toBeUndefined();
  const { metrics, steps } = result.transports['ws'] ?? expect.fail('no ws');
  expect(metrics.step_duration?.count).toBe(2 * CALLS);
  expect(steps).toHaveLength(3);
});
