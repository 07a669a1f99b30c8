import { expect, it } from 'vitest';
import { fisherExactP } from '../../src/stats/fisher-exact.ts';
import { rankSumTest } from '../../src/stats/rank-sum.ts';

// Figures are of SciPy 1.17.1: fisher_exact([[c, n - c], [b, m - b]], alternative='greater'), c of n against b of m.
it.each([
  { why: 'a clear difference', b: 0, m: 20, c: 8, n: 20, p: 0.0016380016380016379 },
  { why: 'one event says nothing', b: 0, m: 20, c: 1, n: 20, p: 0.5 },
  { why: 'few of many, by chance', b: 0, m: 60, c: 4, n: 60, p: 0.05936220642102994 },
  { why: 'one more', b: 0, m: 60, c: 5, n: 60, p: 0.02865761689291101 },
  { why: 'events on both sides', b: 3, m: 60, c: 12, n: 60, p: 0.012287299739476074 },
  { why: 'fewer than before', b: 2, m: 20, c: 0, n: 20, p: 1 },
  { why: 'all on both sides', b: 10, m: 10, c: 10, n: 10, p: 1 },
  { why: 'none on either', b: 0, m: 10, c: 0, n: 10, p: 1 },
  { why: 'sides of unlike size', b: 5, m: 200, c: 20, n: 150, p: 0.00010131076104922344 },
  { why: 'many trials', b: 100, m: 5000, c: 160, n: 5000, p: 9.875395698498066e-5 },
])('fisherExactP: $why', ({ b, m, c, n, p }) => {
  const found = fisherExactP({ events: b, trials: m }, { events: c, trials: n });
  expect(found / p).toBeCloseTo(1, 9);
});

it('is what an exact rank test makes of noughts and ones', () => {
  const base = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const candidate = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  const { p } = rankSumTest(base, candidate, 'greater');
  const found = fisherExactP({ events: 1, trials: 12 }, { events: 4, trials: 10 });
  expect(found).toBeCloseTo(p, 12);
});
