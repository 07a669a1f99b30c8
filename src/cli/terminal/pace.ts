import type { RunSize } from '../../app/run/hooks.ts';

/** The pace of a run under way, told of every measured session that ends. */
export interface Pace {
  ended(arm: string, tookMs: number): void;
  /** The time left, in ms; undefined as long as nothing tells of it, and once what did is over. */
  leftMs(elapsedMs: number): number | undefined;
}

/**
 * The pace of so many measured rounds of so many arms, `concurrency` rounds at once: a lane runs one session at a time,
 * so the longest lane says when all is over. An arm that hasn't ended yet is taken to be as slow as the others. Where the
 * clock ends the run, that is what is left, unless its rounds are over sooner. Where it begins the workflows, only it
 * counts, and that every turn waits for its last workflow.
 */
export function createPace(size: Omit<RunSize, 'workflows' | 'stepsPerWorkflow' | 'atMost'>): Pace {
  const { rounds, arms, concurrency, byClock, lastsMs = Infinity, turns = 0 } = size;
  const sums = new Map<string, { count: number; ms: number }>();
  const roundsOfLongestLane = Math.ceil(rounds / Math.min(concurrency, rounds));
  return {
    ended(arm, tookMs) {
      const { count, ms } = sums.get(arm) ?? { count: 0, ms: 0 };
      sums.set(arm, { count: count + 1, ms: ms + tookMs });
    },
    leftMs(elapsedMs) {
      if (sums.size === 0) return undefined;
      const allMs = byClock ? lastsMs + turns * meanMs() : Math.min(lastsMs, roundsMs());
      const leftMs = allMs - elapsedMs;
      return leftMs > 0 && Number.isFinite(leftMs) ? leftMs : undefined;
    },
  };

  function roundsMs(): number {
    return roundsOfLongestLane * meanMs() * arms;
  }

  function meanMs(): number {
    const means = [...sums.values()].map(({ count, ms }) => ms / count);
    return means.reduce((sum, mean) => sum + mean, 0) / means.length;
  }
}
