import type { LadderGain, Rung } from '../../result/attribution.ts';
import { meanInterval } from '../../stats/mean-interval.ts';

/** One transport's workflows: their times, round by round, and the mean of these. */
export interface ArmTimes {
  meanUs: number;
  /** In the order of the rounds, which are the same for every arm. */
  e2eUs: readonly number[];
}

/** From one to the next, one thing changes. */
const ladder: readonly { arm: string; gain?: LadderGain }[] = [
  { arm: 'http' },
  { arm: 'http-keepalive', gain: 'connectionReuse' },
  { arm: 'ws-full', gain: 'framing' },
  { arm: 'ws', gain: 'incrementalInput' },
];

const branches: readonly { from: string; to: string; gain: LadderGain }[] = [
  { from: 'http-keepalive', to: 'http2', gain: 'http2' },
  { from: 'http-keepalive', to: 'http-chained', gain: 'serverStore' },
  { from: 'ws', to: 'ws-warm', gain: 'warmUp' },
];

/**
 * The change split into rungs, from the first arm of the ladder that ran to the last one. Differences of means: those of neighbours
 * add up to that of the ends, which medians don't. An arm that did not run leaves its gain to the next.
 */
export function ladderRungs(arms: ReadonlyMap<string, ArmTimes>): Rung[] {
  const rungs: Rung[] = [];
  let from: string | undefined;
  let gains: LadderGain[] = [];
  for (const { arm, gain } of ladder) {
    if (gain !== undefined && from !== undefined) gains.push(gain);
    if (!arms.has(arm)) continue;
    rungs.push(...rung(arms, from, arm, gains));
    from = arm;
    gains = [];
  }
  return rungs;
}

/** The arms beside the ladder: other ways to change one thing. */
export function ladderBranches(arms: ReadonlyMap<string, ArmTimes>): Rung[] {
  return branches.flatMap(({ from, to, gain }) => rung(arms, from, to, [gain]));
}

function rung(
  arms: ReadonlyMap<string, ArmTimes>,
  from: string | undefined,
  to: string,
  gains: LadderGain[],
): Rung[] {
  const before = from === undefined ? undefined : arms.get(from);
  const after = arms.get(to);
  if (from === undefined || before === undefined || after === undefined) return [];
  const differencesUs = after.e2eUs.map((us, round) => us - (before.e2eUs[round] ?? NaN));
  const interval = meanInterval(differencesUs);
  return [{ from, to, gains, changeUs: after.meanUs - before.meanUs, interval }];
}
