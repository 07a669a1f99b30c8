import { describe, expect, it } from 'vitest';
import { createPromptCacheAffinity } from '../../src/mock/memory/prompt-cache-affinity.ts';

describe('the luck of new connections', () => {
  it.each([
    { astray: 0, lost: 0, why: 'none is lost where the balancer always knows' },
    { astray: 1, lost: 1000, why: 'all are where it never does' },
  ])('astray $astray: $why', ({ astray, lost }) => {
    const isAstray = createPromptCacheAffinity(astray, 1);
    expect(connections().filter(isAstray)).toHaveLength(lost);
  });

  it('hits the share of them that the profile says, the same ones under the same seed', () => {
    const all = connections();
    const [first, again, other] = [1, 1, 2].map((seed) =>
      all.map(createPromptCacheAffinity(0.3, seed)),
    );
    // Binomial, n = 1000, p = 0.3: within 5 sd.
    const lost = first?.filter(Boolean).length ?? 0;
    expect(Math.abs(lost - 300)).toBeLessThan(5 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('hits a connection once: it stays on its machine', () => {
    const isAstray = createPromptCacheAffinity(1, 1);
    const connection = {};
    expect([isAstray(connection), isAstray(connection)]).toEqual([true, false]);
  });
});

function connections(): object[] {
  return Array.from({ length: 1000 }, () => ({}));
}
