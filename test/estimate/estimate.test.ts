import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { type EstimateOptions, estimate } from '../../src/app/estimate.ts';
import { plainLink } from '../../src/network/link-presets.ts';
import { type TransportName, transports } from '../../src/transport/index.ts';
import { tempFolder } from '../support/cli.ts';
import { scenarioYaml } from '../support/scenario.ts';

const everyArm = Object.keys(transports) as TransportName[];

it.each([
  { why: 'nothing between, nothing takes time', options: { mock: { profile: 'instant' } } },
  { why: 'a path with jitter and a bandwidth', options: { link: 'mobile' } },
  { why: 'a server that reads its history', options: { mock: { profile: 'gateway-redis' } } },
  { why: 'no TLS', options: { mock: { tls: false }, link: 'region' } },
] satisfies { why: string; options: EstimateOptions }[])(
  'parts add up to the whole on every arm, and so do tools and steps: $why',
  async ({ options }) => {
    const { tls = true } = 'mock' in options ? (options.mock as { tls?: boolean }) : {};
    const { arms } = await estimate({
      scenario: 'quick',
      transports: everyArm.filter((name) => tls || name !== 'http2'),
      ...options,
    });
    for (const { e2eUs, parts, stepsUs } of Object.values(arms)) {
      const sumOf = (all: readonly number[]): number => all.reduce((sum, us) => sum + us, 0);
      expect(sumOf(Object.values(parts))).toBe(e2eUs);
      const ofSteps = sumOf(stepsUs) + (parts.toolTime ?? 0);
      expect(Math.abs(ofSteps - e2eUs)).toBeLessThanOrEqual(stepsUs.length);
    }
  },
);

it('without a link, without delays and without tools a workflow takes no time at all', async () => {
  const { arms } = await estimate({
    scenario: 'quick',
    transports: everyArm,
    mock: { profile: 'instant' },
    toolTime: 'none',
  });
  expect(Object.values(arms).map(({ e2eUs }) => e2eUs)).toEqual(everyArm.map(() => 0));
});

it('a dial costs TCP and TLS a round trip each, an upgrade one more, and a call one', async () => {
  const { arms, steps } = await estimate({
    scenario: 'quick',
    transports: ['http', 'http-keepalive', 'ws'],
    mock: { profile: 'instant' },
    link: plainLink(100),
    toolTime: 'none',
  });
  const roundTrips = (name: string): number => (arms[name]?.e2eUs ?? NaN) / 100_000;
  expect(roundTrips('http')).toBe(3 * steps);
  expect(roundTrips('http-keepalive')).toBe(2 + steps);
  expect(roundTrips('ws')).toBe(3 + steps);
});

it('where no tool gives it time, what the server does after an answer holds up the next request, but not over WebSocket', async () => {
  const options = { scenario: 'quick', link: plainLink(40) } as const;
  const [none, some] = await Promise.all([
    estimate({ ...options, toolTime: 'none' }),
    estimate({ ...options, toolTime: 1 }),
  ]);
  // 5 ms by the profile, after all answers but the last.
  expect(none.arms['http-keepalive']?.parts.queued).toBe(5000 * (none.steps - 1));
  expect(some.arms['http-keepalive']?.parts.queued).toBeUndefined();
  expect(none.arms['ws']?.parts.queued).toBeUndefined();
});

it('drawn delays stand for their mean', async () => {
  const source = 'assumed: for this test';
  const decode = { tokensPerSecond: 1000, source };
  const plain = { name: 'it', description: '', decode, route: { fixedMs: 15, source } };
  const drawn = { ...plain, route: { fixedMs: 10, jitterMs: 10, source } };
  const of = (profile: typeof plain) => estimate({ scenario: 'quick', mock: { profile } });
  expect((await of(drawn)).arms['http']?.e2eUs).toBe((await of(plain)).arms['http']?.e2eUs);
});

it('sends and hears as many bytes as a run, takes no longer than one, and not much less', async () => {
  const { quickestShare } = await runAgainstEstimate({
    scenario: 'quick',
    transports: ['http', 'http2', 'http-chained', 'ws'],
    mock: { profile: 'fast' },
    link: plainLink(60),
    toolTime: 'none',
  });
  for (const [name, share] of quickestShare) {
    // A busy machine makes a run longer, never shorter.
    expect(share, name).toBeGreaterThan(0.99);
    expect(share, name).toBeLessThan(1.6);
  }
});

it('compacts where a run does, over a connection of its own where there is a WebSocket', async () => {
  const folder = await tempFolder();
  const scenario = path.join(folder, 'it.yaml');
  await writeFile(scenario, `${scenarioYaml()}compact: { above: { tokens: 800 } }\n`);
  const { expected } = await runAgainstEstimate({
    scenario,
    transports: ['http', 'http-keepalive', 'ws'],
    mock: { profile: 'instant' },
    toolTime: 'none',
  });
  expect(expected.arms['ws']?.connections).toBe(2);
  expect(expected.arms['http-keepalive']?.requests).toBeGreaterThan(expected.steps);
});

/** Both, their bytes and connections compared; and the quickest run of every arm as a share of its estimate. */
async function runAgainstEstimate(options: EstimateOptions) {
  const expected = await estimate(options);
  const { rounds } = await runBenchmark({
    ...options,
    ...{ iterations: 2, warmup: 1, concurrency: 1, calibrate: false },
  });
  const quickestShare = Object.entries(expected.arms).map(([name, arm]) => {
    const runs = rounds.flatMap(({ workflows }) => workflows[name] ?? []);
    for (const { connections } of runs) {
      expect(connections.length, name).toBe(arm.connections);
      const sumOf = (key: 'bytesSent' | 'bytesReceived'): number =>
        connections.reduce((sum, connection) => sum + connection[key], 0);
      expect(sumOf('bytesSent') / arm.bytesSent, name).toBeCloseTo(1, 1);
      expect(sumOf('bytesReceived') / arm.bytesReceived, name).toBeCloseTo(1, 1);
    }
    return [name, Math.min(...runs.map(({ e2eUs }) => e2eUs)) / arm.e2eUs] as const;
  });
  return { expected, quickestShare };
}
