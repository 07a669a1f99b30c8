import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nowUs } from '../../../src/measure/clock.ts';
import type { WorkflowRecord } from '../../../src/result/record.ts';
import { arrivalsOf } from '../../../src/runner/load/arrivals.ts';
import { runArrivals } from '../../../src/runner/load/open-loop.ts';
import { steady } from '../../../src/runner/load/stages.ts';
import { windowsOf } from '../../../src/runner/load/windows.ts';
import type { Slot } from '../../../src/runner/schedule.ts';
import { nearestRank } from '../../../src/stats/percentile.ts';

const MS = 1000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Ran {
  arm: string;
  round: number;
  dueMs: number;
  beganMs: number;
  endedMs: number;
  heldBack: boolean;
}

/** Runs a second of ten arrivals in windows of half a second over these arms, in virtual time. */
async function play(
  arms: readonly string[],
  takesMs: (slot: Slot<string>, atMs: number) => number,
  {
    mostOpen = Infinity,
    ratePerSecond = 10,
    forMs = 1000,
    windowMs = 500,
    abortAtMs = Infinity,
  } = {},
) {
  const ran: Ran[] = [];
  const told: number[] = [];
  const controller = new AbortController();
  const originUs = nowUs();
  const sinceMs = (us: number): number => Math.round((us - originUs) / MS);
  if (abortAtMs < Infinity) setTimeout(controller.abort.bind(controller), abortAtMs);
  const stages = steady(ratePerSecond, forMs * MS);
  const arrivals = arrivalsOf({ stages, process: 'constant', seed: 1 });
  let open = 0;
  let mostSeen = 0;
  const running = runArrivals(
    { arms, windows: windowsOf(arrivals, windowMs * MS), mostOpen, seed: 1 },
    {
      async runSession(slot) {
        mostSeen = Math.max(mostSeen, ++open);
        const beganMs = sinceMs(nowUs());
        const { atUs, heldBack } = slot.due ?? { atUs: NaN, heldBack: false };
        await new Promise((resolve) => setTimeout(resolve, takesMs(slot, beganMs)));
        open--;
        ran.push({
          ...{ arm: slot.arm, round: slot.round, dueMs: sinceMs(atUs), beganMs, heldBack },
          endedMs: sinceMs(nowUs()),
        });
        return {} as WorkflowRecord;
      },
      onRound: ({ index }) => told.push(index),
      signal: controller.signal,
    },
  );
  await vi.runAllTimersAsync();
  return { rounds: await running, ran, told, mostSeen };
}

describe('arrivals', () => {
  it('begin when they are due, whatever the endpoint does', async () => {
    const { ran, told, mostSeen } = await play(['ws'], () => 10_000, { windowMs: 1000 });
    const begun = ran.map(({ beganMs }) => beganMs);
    expect(begun).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
    expect(ran.every(({ dueMs, beganMs }) => dueMs === beganMs)).toBe(true);
    expect(ran.some(({ heldBack }) => heldBack)).toBe(false);
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(mostSeen).toBe(10);
  });

  it('are alike on every arm, which take windows in turn and never share one', async () => {
    const { rounds, ran } = await play(['a', 'b', 'c'], () => 250);
    expect(rounds).toHaveLength(10);
    expect(rounds.map(({ arrival }) => arrival?.window)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(rounds.map(({ arrival }) => arrival?.atUs)).toEqual(
      [0, 1, 2, 3, 4, 0, 1, 2, 3, 4].map((at) => at * 100 * MS),
    );
    const turns = ran.map(({ arm, round }) => `${arm}${Math.floor(round / 5)}`);
    expect(new Set(turns).size).toBe(6);
    const spans = [...new Set(turns)].map((turn) => {
      const own = ran.filter((_, index) => turns[index] === turn);
      return [
        Math.min(...own.map((each) => each.beganMs)),
        Math.max(...own.map((each) => each.endedMs)),
      ];
    });
    for (const [index, [began = 0]] of spans.entries()) {
      expect(began).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0);
    }
  });

  it('beyond what may be open wait in their order, and say so', async () => {
    const { ran, mostSeen } = await play(['ws'], () => 300, { mostOpen: 2, windowMs: 1000 });
    expect(mostSeen).toBe(2);
    expect(ran.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ran.map(({ heldBack }) => heldBack)).toEqual([
      false,
      false,
      ...Array<true>(8).fill(true),
    ]);
    // Two at once for 300 ms each is less than ten a second: the wait grows, what each takes does not.
    const waits = ran.map(({ dueMs, beganMs }) => beganMs - dueMs);
    expect(waits).toEqual([0, 0, 100, 100, 200, 200, 300, 300, 400, 400]);
    expect(ran.every(({ beganMs, endedMs }) => endedMs - beganMs === 300)).toBe(true);
  });

  it('end with the signal: what had begun comes back, nothing that waited begins', async () => {
    const { rounds, told, ran } = await play(['ws'], () => 400, { mostOpen: 1, abortAtMs: 350 });
    expect(ran.map(({ round }) => round)).toEqual([0]);
    expect(rounds.map(({ index }) => index)).toEqual([0]);
    expect(told).toEqual([]);
  });

  it('show a stall in every percentile that it reaches: no omission is coordinated', async () => {
    // Whoever is with the server while it stands still, from 3 s to 5 s, waits for the end of that.
    const takesMs = (atMs: number): number =>
      50 + (atMs + 50 > 3000 && atMs < 5000 ? 5000 - Math.max(atMs, 3000) : 0);
    const setup = { ratePerSecond: 10, forMs: 10_000, windowMs: 10_000 };
    const dueMs = Array.from({ length: 100 }, (_, k) => k * 100);
    const ascending = (times: number[]): number[] => times.sort((a, b) => a - b);

    // Without a bound all are with the server; with one session at once they queue on our side.
    const unbounded = ascending(dueMs.map(takesMs));
    let freeMs = 0;
    const oneByOne = ascending(
      dueMs.map((due) => {
        const beginMs = Math.max(due, freeMs);
        freeMs = beginMs + takesMs(beginMs);
        return freeMs - due;
      }),
    );
    for (const [mostOpen, exact] of [
      [Infinity, unbounded],
      [1, oneByOne],
    ] as const) {
      const { ran } = await play(['ws'], (_, atMs) => takesMs(atMs), { ...setup, mostOpen });
      const found = ascending(ran.map((each) => each.endedMs - each.dueMs));
      for (const percentile of [50, 75, 80, 90, 95, 99, 99.9]) {
        expect(nearestRank(found, percentile)).toBe(nearestRank(exact, percentile));
      }
      expect(found).toEqual(exact);
    }
    expect(nearestRank(unbounded, 80)).toBe(50);
    expect(nearestRank(unbounded, 90)).toBe(1050);
    // The queue on our side is worked off twice as fast as it comes: as many again are late.
    expect(nearestRank(oneByOne, 60)).toBe(50);
    expect(nearestRank(oneByOne, 90)).toBeGreaterThan(1000);
  });
});
