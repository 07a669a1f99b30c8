/** The pace of a run under way, told of every measured session that ends. */
export interface Pace {
  ended(arm: string, tookMs: number): void;
  /** The time left, in ms; undefined until a session has ended. */
  leftMs(elapsedMs: number): number | undefined;
}

/**
 * The pace of so many measured rounds of so many arms, `concurrency` rounds at once: a lane runs one session at a time,
 * so the longest lane says when all is over. An arm that hasn't ended yet is taken to be as slow as the others.
 */
export function createPace(size: { rounds: number; arms: number; concurrency: number }): Pace {
  const { rounds, arms, concurrency } = size;
  const sums = new Map<string, { count: number; ms: number }>();
  const roundsOfLongestLane = Math.ceil(rounds / Math.min(concurrency, rounds));
  return {
    ended(arm, tookMs) {
      const { count, ms } = sums.get(arm) ?? { count: 0, ms: 0 };
      sums.set(arm, { count: count + 1, ms: ms + tookMs });
    },
    leftMs(elapsedMs) {
      if (sums.size === 0) return undefined;
      const means = [...sums.values()].map(({ count, ms }) => ms / count);
      const roundMs = (means.reduce((sum, mean) => sum + mean, 0) / means.length) * arms;
      return Math.max(0, roundsOfLongestLane * roundMs - elapsedMs);
    },
  };
}
