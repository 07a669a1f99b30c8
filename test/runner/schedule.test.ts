import { describe, expect, it } from 'vitest';
import type { WorkflowRecord } from '../../src/result/record.ts';
import { roundOrder, runRounds, type Slot } from '../../src/runner/schedule.ts';

const schedule = {
  arms: ['a', 'b', 'c'],
  rounds: 6,
  warmupRounds: 2,
  concurrency: 3,
  seed: 7,
};
const record = {} as WorkflowRecord;

describe('rounds', () => {
  it('run every transport once, in an order of their own, seeded', () => {
    const orders = Array.from({ length: 60 }, (_, round) => roundOrder(schedule, round, false));
    expect(orders.every((order) => [...order].sort().join('') === 'abc')).toBe(true);
    const firsts = new Set(orders.map((order) => order.join('')));
    expect(firsts.size).toBe(6);
    expect(orders).toEqual(
      Array.from({ length: 60 }, (_, round) => roundOrder(schedule, round, false)),
    );
    expect(orders).not.toEqual(
      Array.from({ length: 60 }, (_, round) => roundOrder({ ...schedule, seed: 8 }, round, false)),
    );
  });

  it('are so many measured ones, after the warm-up, with so many in flight', async () => {
    const slots: Slot<string>[] = [];
    let inFlight = 0;
    let most = 0;
    const told: number[] = [];
    const rounds = await runRounds(schedule, {
      async runSession(slot) {
        slots.push(slot);
        inFlight++;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inFlight--;
        return record;
      },
      onRound({ index, order, sessions }) {
        told.push(index);
        expect([...sessions.keys()]).toEqual(order);
      },
      signal: new AbortController().signal,
    });
    expect(told.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rounds.map((round) => round.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(slots.filter((slot) => slot.warmup)).toHaveLength(2 * 3);
    expect(slots.slice(0, 6).every((slot) => slot.warmup)).toBe(true);
    expect(slots).toHaveLength((6 + 2) * 3);
    expect(most).toBe(3);
  });

  it('give back what had begun when the signal aborts', async () => {
    const controller = new AbortController();
    let begun = 0;
    const told: number[] = [];
    const rounds = await runRounds(
      { ...schedule, warmupRounds: 0, concurrency: 1 },
      {
        runSession() {
          begun++;
          if (begun === 4) controller.abort();
          return Promise.resolve(record);
        },
        onRound: ({ index }) => told.push(index),
        signal: controller.signal,
      },
    );
    expect(begun).toBe(4);
    expect(rounds.map(({ sessions }) => sessions.size)).toEqual([3, 1]);
    expect(told).toEqual([0]);
  });

  it('end sooner where there were enough: those under way are finished, warm-up is not asked about', async () => {
    let ended = 0;
    const rounds = await runRounds(
      { ...schedule, rounds: 100, concurrency: 3, enough: () => ended >= 4 * 3 },
      {
        async runSession({ warmup }) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (!warmup) ended++;
          return record;
        },
        signal: new AbortController().signal,
      },
    );
    expect(rounds.length).toBeGreaterThanOrEqual(4);
    // At most those in flight at that moment come on top.
    expect(rounds.length).toBeLessThanOrEqual(4 + 3);
    expect(rounds.every(({ sessions }) => sessions.size === 3)).toBe(true);
  });
});
