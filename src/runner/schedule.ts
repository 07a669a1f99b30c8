import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { RoundRecord, WorkflowRecord } from '../result/record.ts';

/** How many rounds, of what, and how many at once. */
export interface Schedule {
  /** Names of the transports. */
  transports: readonly string[];
  /** Measured rounds, at most. */
  rounds: number;
  /** Asked before a measured round begins: whether there were enough. Those under way are finished. @default never */
  enough?: () => boolean;
  /** Rounds before them that enter no metric, counter or count. */
  warmupRounds: number;
  /** Rounds in flight at once. */
  concurrency: number;
  seed: number;
}

/** Which session of the schedule is to run. */
export interface Slot {
  transport: string;
  round: number;
  warmup: boolean;
}

/**
 * Runs the warm-up rounds, then the measured ones. A round runs every transport once, one after another in its own
 * seeded random order, so that drift of the machine or the endpoint falls on all alike. When the signal aborts, rounds
 * under way are returned with the sessions they had begun.
 */
export async function runRounds(
  schedule: Schedule,
  runSession: (slot: Slot) => Promise<WorkflowRecord>,
  signal: AbortSignal,
): Promise<RoundRecord[]> {
  await runLanes(schedule, true, runSession, signal);
  return runLanes(schedule, false, runSession, signal);
}

async function runLanes(
  schedule: Schedule,
  warmup: boolean,
  runSession: (slot: Slot) => Promise<WorkflowRecord>,
  signal: AbortSignal,
): Promise<RoundRecord[]> {
  const total = warmup ? schedule.warmupRounds : schedule.rounds;
  const records: RoundRecord[] = [];
  const stopped = (): boolean => signal.aborted;
  let next = 0;

  async function lane(): Promise<void> {
    while (next < total && !stopped() && (warmup || schedule.enough?.() !== true)) {
      const round = next++;
      const record: RoundRecord = {
        index: round,
        order: roundOrder(schedule, round, warmup),
        workflows: {},
      };
      records.push(record);
      for (const transport of record.order) {
        if (stopped()) return;
        record.workflows[transport] = await runSession({ transport, round, warmup });
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(schedule.concurrency, total) }, lane));
  return records.filter((record) => Object.keys(record.workflows).length > 0);
}

/** The transports in this round's own order, a Fisher-Yates shuffle seeded by the run's seed and the round. */
export function roundOrder(
  { transports, seed }: Schedule,
  round: number,
  warmup: boolean,
): string[] {
  // Neighbouring seeds must give unrelated first draws, which the shift-register generators do not.
  const random = mersenne(seed ^ Math.imul(2 * round + (warmup ? 1 : 0) + 1, 0x9e3779b1));
  const order = [...transports];
  for (let last = order.length - 1; last > 0; last--) {
    const pick = uniformInt(random, 0, last);
    order.push(...order.splice(pick, 1));
  }
  return order;
}
