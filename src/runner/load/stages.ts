/** A stretch of a load: in so long it goes in a straight line from where the stage before ended (the first: 0) to its target. */
export interface Stage {
  /** 0 is a jump; Infinity goes on for ever, at the target of the stage before. */
  durationUs: number;
  /** Workflows begun per second, or sessions at once. */
  target: number;
}

/** The same load all the time. */
export function steady(target: number, durationUs: number): Stage[] {
  return [
    { durationUs: 0, target },
    { durationUs, target },
  ];
}

/** How long a load goes on. */
export function totalUs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationUs }) => sum + durationUs, 0);
}

/** The moment when a load that is a rate per second has added up to `count`, in µs from its start; undefined where it never does. */
export function reachedAtUs(stages: readonly Stage[], count: number): number | undefined {
  let beginUs = 0;
  let from = 0;
  let left = count;
  for (const { durationUs, target } of stages) {
    const seconds = durationUs / 1e6;
    // Of the two roots the one that is exact where the rate stays as it is.
    const slope = seconds === 0 ? 0 : (target - from) / seconds;
    const root = from + Math.sqrt(Math.max(0, from * from + 2 * slope * left));
    const afterUs = left === 0 && from + target > 0 ? 0 : (2 * left * 1e6) / root;
    if (afterUs < durationUs) return beginUs + afterUs;
    left = Math.max(0, left - ((from + target) / 2) * seconds);
    beginUs += durationUs;
    from = target;
  }
  return undefined;
}

/** The first moment from `fromUs` on at which a load is above `level`, in µs from its start; undefined where it isn't any more. */
export function aboveFromUs(
  stages: readonly Stage[],
  level: number,
  fromUs: number,
): number | undefined {
  let beginUs = 0;
  let from = 0;
  for (const { durationUs, target } of stages) {
    const endUs = beginUs + durationUs;
    const atUs = Math.max(fromUs, beginUs);
    if (atUs < endUs) {
      const perUs = Number.isFinite(durationUs) ? (target - from) / durationUs : 0;
      if (from + perUs * (atUs - beginUs) > level) return atUs;
      // A µs later it is above, not only as high.
      if (target > level) return Math.max(atUs, Math.ceil(beginUs + (level - from) / perUs) + 1);
    }
    beginUs = endUs;
    from = target;
  }
  return undefined;
}
