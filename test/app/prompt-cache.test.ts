import { gate, runBenchmark } from 'agent-latency-bench';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/mock/profile/bundled.ts';

describe('a profile whose connections all go astray', () => {
  it('finds nothing over a connection per call, and all but the first time over one that is kept', async () => {
    const result = await runBenchmark({
      scenario: 'quick',
      transports: ['http', 'http-keepalive', 'http2', 'ws'],
      mock: {
        profile: {
          ...profiles.instant,
          promptCache: { share: 1, astray: 1, source: 'assumed: test' },
        },
      },
      ...{ iterations: 1, warmup: 0, concurrency: 1, toolTime: 'none', calibrate: false },
    });
    const found = (name: string): (boolean | undefined)[] =>
      result.rounds[0]?.workflows[name]?.steps.map(({ cachedTokens }) => (cachedTokens ?? 0) > 0) ??
      [];
    const [first, ...later] = found('http');
    expect([first, ...later]).toEqual(Array.from({ length: 7 }, () => false));
    for (const name of ['http-keepalive', 'http2', 'ws']) {
      expect(found(name)).toEqual([false, ...later.map(() => true)]);
    }
  });
});

it('a comparison says what the prompt cache of either side held', async () => {
  const [base, candidate] = await Promise.all(
    [0.9, 0.2].map((share) =>
      runBenchmark({
        scenario: 'quick',
        transports: ['ws'],
        mock: {
          profile: { ...profiles.instant, promptCache: { share, source: 'assumed: test' } },
        },
        ...{ iterations: 1, warmup: 0, concurrency: 1, toolTime: 'none', calibrate: false },
      }),
    ),
  );
  if (base === undefined || candidate === undefined) throw new Error('no result');
  const [shares] = gate(candidate, { baseline: base, force: true }).cachedShares;
  expect(shares?.transport).toBe('ws');
  expect(shares?.base).toBeGreaterThan(shares?.candidate ?? 1);
  expect(gate(candidate, { baseline: base }).cachedShares).toEqual([]);
});
