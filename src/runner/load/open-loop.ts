import { nowUs } from '../../measure/clock.ts';
import { waitMs } from '../../measure/wait.ts';
import type { WorkflowRecord } from '../../result/record.ts';
import type { Due } from '../records/workflow.ts';
import { type Round, roundOrder, type ScheduleHost } from '../schedule.ts';
import type { ArrivalWindow } from './windows.ts';

/** A schedule of workflows that begin when they are due. */
export interface OpenSchedule<Arm> {
  arms: readonly Arm[];
  /** Taken one after another, so that a window may depend on what came of those before. */
  windows: Iterable<ArrivalWindow>;
  /** Asked before a window begins: whether there were enough. @default never */
  enough?: () => boolean;
  /** Sessions open at once at most: who comes later waits for another's end, and the wait is in its time. */
  mostOpen: number;
  seed: number;
}

/**
 * Runs windows of arrivals. In a window every arm has the same arrivals, one arm after another in the window's own seeded
 * random order, and the next arm begins when the last session of the one before has ended: none works off another's queue.
 * A round is one arrival on every arm. When the signal aborts, rounds are returned with the sessions they had begun.
 */
export async function runArrivals<Arm>(
  { arms, windows, enough, mostOpen, seed }: OpenSchedule<Arm>,
  { runSession, onRound, signal }: ScheduleHost<Arm>,
): Promise<Round<Arm>[]> {
  const all: DueRound<Arm>[] = [];
  for (const window of windows) {
    if (signal.aborted || enough?.() === true) break;
    const order = roundOrder({ arms, seed }, window.index, false);
    const { perSecond } = window;
    const rounds = window.arrivals.map(({ index, atUs }) => ({
      ...{ index, order, sessions: new Map<Arm, WorkflowRecord>() },
      arrival: { window: window.index, atUs: Math.round(atUs), ...(perSecond && { perSecond }) },
    }));
    for (const round of rounds) all.push(round);
    for (const arm of order) {
      await runWindow(rounds, mostOpen, signal, async (round, due) => {
        const session = runSession({ arm, round: round.index, warmup: false, due });
        round.sessions.set(arm, await session);
        if (round.sessions.size === arms.length && !signal.aborted) onRound?.(round);
      });
    }
  }
  return all.filter(({ sessions }) => sessions.size > 0);
}

interface DueRound<Arm> extends Round<Arm> {
  sessions: Map<Arm, WorkflowRecord>;
  arrival: NonNullable<Round<Arm>['arrival']>;
}

/** Begins every round when it is due, and waits for all of them. */
async function runWindow<Arm>(
  rounds: readonly DueRound<Arm>[],
  mostOpen: number,
  signal: AbortSignal,
  run: (round: DueRound<Arm>, due: Due) => Promise<void>,
): Promise<void> {
  const beganUs = nowUs();
  const waiting: (() => void)[] = [];
  let open = 0;

  async function begin(round: DueRound<Arm>): Promise<void> {
    const heldBack = open >= mostOpen;
    // Whoever ends hands its place over, so that nobody who comes meanwhile takes it.
    if (heldBack) await new Promise<void>((resolve) => waiting.push(resolve));
    else open++;
    try {
      if (!signal.aborted) await run(round, { atUs: beganUs + round.arrival.atUs, heldBack });
    } finally {
      const next = waiting.shift();
      if (next === undefined) open--;
      else next();
    }
  }

  const begun: Promise<void>[] = [];
  for (const round of rounds) {
    const leftUs = beganUs + round.arrival.atUs - nowUs();
    if (leftUs > 0) await waitMs(leftUs / 1000, signal).catch(() => undefined);
    if (signal.aborted) break;
    begun.push(begin(round));
  }
  await Promise.all(begun);
}
