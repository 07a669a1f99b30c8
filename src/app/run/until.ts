import { nowUs } from '../../measure/clock.ts';
import type { Run } from '../../result/schema.ts';
import type { StopRule } from '../options/stop.ts';

/** Between two looks at the width at least so many rounds end: to look after every one favours chance narrowness. */
const ROUNDS_PER_LOOK = 5;

/** The width of the widest interval, and the width that it is to come to. */
export interface Precision {
  /** 0.02 is ±2 %; null while there are too few rounds for an interval. */
  halfWidth: number | null;
  wanted: number;
}

/** A stop rule at work. */
export interface StopWatch<Round> {
  /** Whether no further round is to begin; the first time it is asked, the first round does. */
  enough(): boolean;
  /** Takes in the rounds that ended so far; returns the precision where it is time to look. */
  look(rounds: readonly Round[]): Precision | undefined;
  /** What stands in the result, given all rounds; undefined where no rule was asked for. */
  outcome(rounds: readonly Round[], complete: boolean, maxRounds: number): Run['stop'];
}

/**
 * A watch on a stop rule. It looks at the width of intervals, never at what they show, once enough rounds ended and then
 * after every batch of rounds in flight; rounds under way when it says enough are finished, and count.
 * @param widest half the width of the widest interval after these rounds; null while they are too few
 */
export function watchStop<Round>(
  rule: StopRule | undefined,
  widest: (rounds: readonly Round[]) => number | null,
  concurrency: number,
  clockUs: () => number = nowUs,
): StopWatch<Round> {
  const { until, maxTimeMs } = rule ?? {};
  let firstUs: number | undefined;
  let reached: 'precision' | 'time' | undefined;
  let nextLook = until?.minRounds ?? Infinity;
  return {
    enough() {
      const atUs = clockUs();
      firstUs ??= atUs;
      if (maxTimeMs !== undefined && atUs - firstUs >= maxTimeMs * 1000) reached ??= 'time';
      return reached !== undefined;
    },
    look(rounds) {
      if (until === undefined || rounds.length < nextLook) return undefined;
      nextLook = rounds.length + Math.max(concurrency, ROUNDS_PER_LOOK);
      const halfWidth = widest(rounds);
      if (halfWidth !== null && halfWidth <= until.halfWidth) reached ??= 'precision';
      return { halfWidth, wanted: until.halfWidth };
    },
    outcome(rounds, complete, maxRounds) {
      if (rule === undefined) return undefined;
      const halfWidth = widest(rounds);
      return {
        untilPercent: until === undefined ? null : until.halfWidth * 100,
        minRounds: until?.minRounds ?? 1,
        maxRounds,
        maxTimeMs: maxTimeMs ?? null,
        reached: complete ? (reached ?? 'rounds') : null,
        halfWidthPercent: halfWidth === null ? null : halfWidth * 100,
      };
    },
  };
}
