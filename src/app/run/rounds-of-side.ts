import type { RoundRecord } from '../../result/record.ts';
import type { Round } from '../../runner/schedule.ts';
import type { RoundEvent } from './hooks.ts';
import type { Arm, Side } from './side.ts';

/** A round that ended, as one side's hook and journal are told of it. */
export function roundEvent(side: Side, round: Round<Arm>, elapsedMs: number): RoundEvent {
  return {
    ...(side.name && { side: side.name }),
    elapsedMs,
    round: roundOf(side, round),
    gapsUs: Object.fromEntries(side.arms.map((arm) => [arm.name, arm.takeGapsUs(round.index)])),
    ...(side.refused.size > 0 && { refused: [...side.refused] }),
  };
}

/** The records of one side's rounds; those in which it ran nothing are left out. */
export function roundsOf(side: Side, rounds: readonly Round<Arm>[]): RoundRecord[] {
  return rounds
    .map((round) => roundOf(side, round))
    .filter(({ workflows }) => Object.keys(workflows).length > 0);
}

/** A side's part of a round, its arms by their names. */
function roundOf({ arms }: Side, { index, order, sessions, arrival }: Round<Arm>): RoundRecord {
  const own = order.filter((arm) => arms.includes(arm));
  return {
    index,
    order: own.map(({ name }) => name),
    ...(arrival && { arrival }),
    workflows: Object.fromEntries(
      own.flatMap((arm) => {
        const record = sessions.get(arm);
        return record === undefined ? [] : [[arm.name, record]];
      }),
    ),
  };
}
