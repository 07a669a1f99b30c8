import { expect, it } from 'vitest';
import { type EstimateOptions, estimate } from '../../src/app/estimate.ts';

const source = 'assumed: for this test';
const decode = { tokensPerSecond: 100, source };
const slotted = (decodeSlots: number | null): EstimateOptions => ({
  scenario: 'quick',
  transports: ['http-keepalive', 'ws'],
  toolTime: 'none',
  mock: { profile: { name: 'it', description: '', decode, queue: { decodeSlots, source } } },
});

it('sessions wait for places to decode, and the one in the middle takes as long as the places allow', async () => {
  const alone = await estimate(slotted(4));
  const crowd = await estimate({ ...slotted(4), sessions: 100 });
  const [one, middle] = [alone.arms['ws'], crowd.arms['ws']];
  expect(one?.parts.queue).toBeUndefined();
  // 100 times the work at 4 places takes 25 times as long as the work of one; the last call is half of it, so some end sooner.
  const workUs = one?.parts.decode ?? NaN;
  expect((middle?.e2eUs ?? NaN) / (25 * workUs)).toBeGreaterThan(0.5);
  expect((middle?.e2eUs ?? NaN) / (25 * workUs)).toBeLessThan(1.01);
});

it('where there is a place for everyone, everyone takes as long as if alone', async () => {
  const alone = await estimate(slotted(40));
  const crowd = await estimate({ ...slotted(40), sessions: 40 });
  expect(crowd.arms).toEqual(alone.arms);
});

it.each([
  { sessions: 2, slots: null, says: 'decodeSlots' },
  { sessions: 1.5, slots: 4, says: 'whole number' },
])('refuses $sessions sessions at $slots slots', async ({ sessions, slots, says }) => {
  await expect(estimate({ ...slotted(slots), sessions })).rejects.toThrow(says);
});
