import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { RoundRecord, WorkflowRecord } from '../result/record.ts';
import type { Due } from './records/workflow.ts';

/** A schedule: how many rounds, of what, and how many at once. An arm is whatever runs once in every round. */
export interface Schedule<Arm> {
  arms: readonly Arm[];
  /** Measured rounds, at most. */
  rounds: number;
  /** Asked before a measured round begins: whether there were enough. Those under way are finished. @default never */
  enough?: () => boolean;
  /** Rounds before them that enter no metric, counter or count. */
  warmupRounds: number;
  /** Rounds in flight at once. */
  concurrency: number;
  /** Waits until one round more than `lane` may be in flight; false where that never comes again. @default always at once */
  mayBegin?: ((lane: number) => Promise<boolean>) | undefined;
  seed: number;
  /** The part of a longer schedule that runs here: every `count`-th round, from the `index`-th on, 1 the first. @default all */
  shard?: { index: number; count: number } | undefined;
}

/** A session of the schedule that is to run. */
export interface Slot<Arm> {
  arm: Arm;
  round: number;
  warmup: boolean;
  /** Absent: it begins when its lane comes to it. */
  due?: Due;
}

/** A round: its arms in the order that they ran or were to run in, and the sessions that came of them. */
export interface Round<Arm> {
  index: number;
  order: readonly Arm[];
  sessions: ReadonlyMap<Arm, WorkflowRecord>;
  /** When it was due, in which window of a load; absent where lanes come to rounds one after another. */
  arrival?: RoundRecord['arrival'];
}

/** The host of a schedule: what it calls. */
export interface ScheduleHost<Arm> {
  runSession: (slot: Slot<Arm>) => Promise<WorkflowRecord>;
  /** Told of every measured round once, when its last session has ended, before its lane begins another. */
  onRound?: (round: Round<Arm>) => void;
  signal: AbortSignal;
}

/**
 * Runs the warm-up rounds, then the measured ones. A round runs every arm once, one after another in its own seeded
 * random order, so that drift of the machine or the endpoint falls on all alike. When the signal aborts, rounds under
 * way are returned with the sessions they had begun.
 */
export async function runRounds<Arm>(
  schedule: Schedule<Arm>,
  host: ScheduleHost<Arm>,
): Promise<Round<Arm>[]> {
  await runLanes(schedule, true, host);
  return runLanes(schedule, false, host);
}

async function runLanes<Arm>(
  schedule: Schedule<Arm>,
  warmup: boolean,
  { runSession, onRound, signal }: ScheduleHost<Arm>,
): Promise<Round<Arm>[]> {
  const total = warmup ? schedule.warmupRounds : schedule.rounds;
  const rounds: Round<Arm>[] = [];
  const stopped = (): boolean => signal.aborted;
  const { index: part, count: every } = schedule.shard ?? { index: 1, count: 1 };
  let next = 0;

  const isOver = (): boolean =>
    next >= total || stopped() || (!warmup && schedule.enough?.() === true);

  async function lane(number: number): Promise<void> {
    while (!isOver()) {
      if (!warmup && schedule.mayBegin !== undefined) {
        if (!(await schedule.mayBegin(number)) || isOver()) return;
      }
      const index = part - 1 + every * next++;
      const order = roundOrder(schedule, index, warmup);
      const sessions = new Map<Arm, WorkflowRecord>();
      const round = { index, order, sessions };
      rounds.push(round);
      for (const arm of order) {
        if (stopped()) return;
        sessions.set(arm, await runSession({ arm, round: index, warmup }));
      }
      if (!warmup && !stopped()) onRound?.(round);
    }
  }

  const lanes = Math.min(schedule.concurrency, total);
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  return rounds.filter(({ sessions }) => sessions.size > 0);
}

/** The arms in this round's own order, a Fisher-Yates shuffle seeded by the run's seed and the round. */
export function roundOrder<Arm>(
  { arms, seed }: Pick<Schedule<Arm>, 'arms' | 'seed'>,
  round: number,
  warmup: boolean,
): Arm[] {
  // Neighbouring seeds must give unrelated first draws, which the shift-register generators do not.
  const random = mersenne(seed ^ Math.imul(2 * round + (warmup ? 1 : 0) + 1, 0x9e3779b1));
  const order = [...arms];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = uniformInt(random, 0, last);
    order.push(...order.splice(pick, 1));
  }
  return order;
}
