import { type BenchmarkOptions, runBenchmark } from 'agent-latency-bench';
import { describe, expect, it } from 'vitest';
import { runInterleaved } from '../../src/app/interleave.ts';
import type { Precision } from '../../src/app/run/until.ts';
import { verifyComparisons } from '../../src/compare/verify.ts';
import { contradictionIn } from '../../src/result/verify.ts';
import { expandScenario } from '../../src/scenario/expand.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { tempFolder } from '../support/cli.ts';
import { mockForTest } from '../support/mock.ts';
import { writeScenario } from '../support/scenario.ts';

/** Times that are mostly the model's, so that no hiccup of this machine doubles them. */
const profile = {
  name: 'steady',
  description: 'a fixed first token',
  prefill: { fixedMs: 25, source: 'made up' },
  decode: { tokensPerSecond: 5000, source: 'made up' },
};

async function small(): Promise<BenchmarkOptions & { scenario: string }> {
  const folder = await tempFolder();
  const scenario = `${folder}/${await writeScenario(folder)}`;
  return { scenario, warmup: 0, concurrency: 1, toolTime: 'none', calibrate: false };
}

describe('a run until its intervals are narrow', () => {
  it('ends once they are, with no round left unfinished, and says why', async () => {
    const looks: Precision[] = [];
    const result = await runBenchmark({
      ...(await small()),
      mock: { profile },
      transports: ['http', 'ws'],
      until: 0.5,
      concurrency: 2,
      onPrecision: (precision) => looks.push(precision),
    });
    const { run, rounds, warnings } = result;
    expect(run).toMatchObject({
      complete: true,
      stop: { untilPercent: 50, minRounds: 6, maxRounds: 200, reached: 'precision' },
    });
    expect(rounds.length).toBeGreaterThanOrEqual(6);
    expect(rounds.length).toBeLessThan(200);
    expect(rounds.every(({ workflows }) => Object.keys(workflows).length === 2)).toBe(true);
    expect(looks.at(-1)?.halfWidth).toBeLessThanOrEqual(0.5);
    expect(looks.slice(0, -1).every(({ halfWidth }) => halfWidth === null || halfWidth > 0.5)).toBe(
      true,
    );
    expect(warnings.map(({ code }) => code)).not.toContain('precision_missed');
  });

  it('ends at the cap where they stay wide, and warns', async () => {
    const { run, rounds, warnings } = await runBenchmark({
      ...(await small()),
      mock: { profile: 'instant' },
      transports: ['http', 'ws'],
      until: 0.001,
      maxRounds: 7,
    });
    expect(rounds).toHaveLength(7);
    expect(run).toMatchObject({ complete: true, stop: { reached: 'rounds' } });
    const warning = warnings.find(({ code }) => code === 'precision_missed');
    expect(warning?.message).toMatch(/^the widest interval is ±\d.* not ±0\.1 % .* 7 rounds/);
  });

  it('needs something to compare', async () => {
    const options = { ...(await small()), transports: ['ws'], until: 0.02 } as const;
    await expect(runBenchmark(options)).rejects.toThrow(/until: expected at least two transports/);
  });

  it('judges the width of the sides where two endpoints are interleaved', async () => {
    const options = await small();
    const scripts = [expandScenario(await loadScenario(options.scenario), 1)];
    const base = { url: (await mockForTest({ profile, scripts })).url };
    const candidate = { url: (await mockForTest({ profile, scripts })).url };
    const results = await runInterleaved({
      ...options,
      base,
      candidate,
      transports: ['ws'],
      iterations: 6,
      until: 0.5,
    });
    for (const { run, rounds } of [results.base, results.candidate]) {
      expect(run.stop).toMatchObject({ reached: 'precision', minRounds: 6 });
      expect(rounds.length).toBeLessThan(200);
    }
    expect(results.base.rounds).toHaveLength(results.candidate.rounds.length);
  });
});

it('a cap on time begins no further round after it, and finishes the one under way', async () => {
  const { run, rounds } = await runBenchmark({
    ...(await small()),
    mock: { profile },
    transports: ['http', 'ws'],
    iterations: 50,
    maxTimeMs: 1,
  });
  expect(rounds).toHaveLength(1);
  expect(Object.values(rounds[0]?.workflows ?? {}).map(({ state }) => state)).toEqual([
    'completed',
    'completed',
  ]);
  expect(run).toMatchObject({ complete: true, stop: { reached: 'time', untilPercent: null } });
});

describe('the base against itself', () => {
  it('is an arm of its own in every round, compared apart from the candidates', async () => {
    const result = await runBenchmark({
      ...(await small()),
      mock: { profile },
      transports: ['http', 'ws'],
      iterations: 6,
      aa: true,
    });
    const { run, transports, rounds, comparisons, control, attribution } = result;
    expect(Object.keys(transports)).toEqual(['http', 'ws', 'http#aa']);
    for (const { order, workflows } of rounds) {
      expect(order.toSorted()).toEqual(['http', 'http#aa', 'ws']);
      expect(workflows['http#aa']?.counters.connections).toBe(
        workflows['http']?.counters.connections,
      );
    }
    expect(new Set(rounds.map(({ order }) => order.join())).size).toBeGreaterThan(1);
    expect(comparisons.map(({ candidate }) => candidate)).not.toContain('http#aa');
    expect(Object.keys(attribution?.arms ?? {})).not.toContain('http#aa');
    expect(control).toMatchObject({
      base: 'http',
      candidate: 'http#aa',
      metric: 'workflow_e2e',
      pairs: 6,
    });
    expect(run.fingerprint.transports).toEqual(['http', 'ws']);
    expect(transports['http#aa']?.metrics.inter_token?.count).toBeGreaterThan(0);
    expect(contradictionIn(result)).toBeUndefined();
    expect(() => {
      verifyComparisons(result, 'x.json');
    }).not.toThrow();
    Object.assign(control ?? {}, { medianRatio: 0.5, changePercent: -50, interval: null });
    expect(() => {
      verifyComparisons(result, 'x.json');
    }).toThrow(/comparison of http#aa with http/);
  });
});
