import { expect, it } from 'vitest';
import { estimate, estimateRequirements } from '../../src/app/estimate.ts';
import { leastThatGains } from '../../src/estimate/solve.ts';
import { plainLink } from '../../src/network/link-presets.ts';

const options = {
  scenario: 'quick',
  transports: ['http', 'ws'],
  link: plainLink(20),
  toolTime: 'none',
} as const;

it('what is solved for reaches the target, and a little less of it doesn’t', async () => {
  const target = 0.4;
  const found = await estimateRequirements(options, target);
  const gainAt = async (rttMs: number): Promise<number> => {
    const { changes } = await estimate({ ...options, link: plainLink(rttMs) });
    return -(changes[0]?.changePercent ?? NaN) / 100;
  };
  const roundTripMs = found.find(({ unknown }) => unknown === 'roundTripMs')?.found.value ?? NaN;
  expect(await gainAt(roundTripMs)).toBeGreaterThanOrEqual(target);
  expect(await gainAt(0.99 * roundTripMs)).toBeLessThan(target);
});

it('a target that one unknown can’t reach by itself says how near it comes', async () => {
  const found = await estimateRequirements(
    { ...options, transports: ['http-keepalive', 'ws'] },
    0.9,
  );
  const calls = found.find(({ unknown }) => unknown === 'calls')?.found;
  expect(calls).toMatchObject({ value: null });
  expect(calls?.value === null && calls.best).toBeLessThan(0.9);
});

it('the work spared per call is what it takes, added to what is spared now', async () => {
  const target = 0.5;
  const [spared] = await estimateRequirements(options, target);
  const { arms, steps } = await estimate(options);
  const [before, after] = [arms['http']?.e2eUs ?? NaN, arms['ws']?.e2eUs ?? NaN];
  const addedUs = 1000 * steps * ((spared?.found.value ?? NaN) - (spared?.now ?? NaN));
  expect(after / (before + addedUs)).toBeCloseTo(1 - target, 6);
});

it.each([
  { why: 'rises', gain: (x: number) => x / 10, range: { least: 1, most: 10 }, at: 5 },
  {
    why: 'rises and falls',
    gain: (x: number) => (x < 6 ? x / 10 : 0),
    range: { least: 1, most: 1e3 },
    at: 5,
  },
  {
    why: 'whole numbers',
    gain: (x: number) => x / 10,
    range: { least: 2, most: 90, whole: true as const },
    at: 5,
  },
  { why: 'reached from the start', gain: () => 1, range: { least: 2, most: 90 }, at: 2 },
])('finds the least value whose gain is enough: $why', ({ gain, range, at }) => {
  const found = leastThatGains(range, 0.5, gain);
  expect(found.value).toBeGreaterThanOrEqual(at);
  expect(found.value).toBeLessThan(1.001 * at);
});
