import { expect, it } from 'vitest';
import { runBenchmark } from '../../src/app/benchmark.ts';
import { cacheKeyOf, cacheKeyPolicies } from '../../src/runner/request/cache-key.ts';
import { endpointThatRefuses } from '../support/refusing-endpoint.ts';
import { smallScript } from '../support/script.ts';

it.each([
  ['none', 0],
  ['shared', 1],
  ['per-run', 1],
  ['per-arm', 2],
] as const)('%s: %i keys in a run of two transports', async (cacheKey, keys) => {
  const { port, bodies } = await endpointThatRefuses(() => undefined);
  const { run } = await runBenchmark({
    scenario: smallScript,
    endpoint: { url: `http://127.0.0.1:${port}/v1`, model: 'm', proxy: 'none' },
    transports: ['http-keepalive', 'ws'],
    iterations: 2,
    warmup: 0,
    toolTime: 'none',
    calibrate: false,
    request: { cacheKey },
  });
  expect(run.options.cacheKey).toBe(cacheKey === 'none' ? undefined : cacheKey);
  const sent = bodies.flatMap(({ prompt_cache_key: key }) => (key === undefined ? [] : [key]));
  expect(new Set(sent).size).toBe(keys);
  // What is kept for a conversation stays so: every request of it says the same.
  expect(sent).toHaveLength(keys === 0 ? 0 : 4 * smallScript.turns.length);
});

it.each(cacheKeyPolicies)('%s tells runs and arms apart as it says, in 64 characters', (policy) => {
  const longest = 'http-keepalive-control-of-a-long-name-that-goes-on';
  const keys = ['a', 'b'].map((run) => cacheKeyOf(policy, run.repeat(36), longest));
  expect(new Set(keys).size).toBe(policy.startsWith('per-') ? 2 : 1);
  for (const key of keys) expect(key?.length ?? 0).toBeLessThanOrEqual(64);
});
