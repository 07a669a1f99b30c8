/** The evidence that a change is judged by: its interval, as a ratio of candidate to base, and what the ratio is of. */
export interface Change {
  /** Null where there are too few samples for one. */
  interval: { level: number; lower: number; upper: number } | null;
  /** Median of the base: what makes µs of a ratio. */
  baseUs: number;
  /** P value of "no difference", adjusted for all that is gated together; null where nothing was tested. */
  adjustedP: number | null;
}

/** The slowdown that a candidate may have: the larger of the two counts. */
export interface Margin {
  /** 0.05 is 5 %. */
  relative: number;
  absoluteUs: number;
}

/** A verdict, and why, in words that a report can phrase. */
export interface Verdict {
  verdict: 'pass' | 'regression' | 'inconclusive';
  reason:
    | 'below_limit'
    | 'above_limit'
    | 'spans_limit'
    /** Above the limit by its own interval, but not once adjusted for all that was tested with it. */
    | 'not_significant'
    | 'too_few_samples';
  limit: Limit;
}

/** The slowdown that is still allowed, and which of the three rules gave it: the largest. */
interface Limit {
  us: number;
  from: 'relative_margin' | 'absolute_margin' | 'noise_floor';
}

/**
 * A verdict on whether a candidate became slower than allowed: a `regression` only if the whole interval lies above the limit,
 * `pass` if all of it lies below, else `inconclusive`. So neither few samples nor noise can fail a build: at a true
 * slowdown of exactly the limit, a 95 % interval lies above it once in 40 times.
 * @param noiseFloorUs our own calibrated error: a difference below it is not claimed
 */
export function judge(change: Change, margin: Margin, noiseFloorUs: number): Verdict {
  const limit = limitOf(change.baseUs, margin, noiseFloorUs);
  return { ...decide(change, limit.us), limit };
}

function limitOf(baseUs: number, margin: Margin, noiseFloorUs: number): Limit {
  const limits: Limit[] = [
    { us: margin.relative * baseUs, from: 'relative_margin' },
    { us: margin.absoluteUs, from: 'absolute_margin' },
    { us: noiseFloorUs, from: 'noise_floor' },
  ];
  return limits.reduce((highest, limit) => (limit.us > highest.us ? limit : highest));
}

function decide(
  { interval, baseUs, adjustedP }: Change,
  limitUs: number,
): Pick<Verdict, 'verdict' | 'reason'> {
  if (interval === null) return { verdict: 'inconclusive', reason: 'too_few_samples' };
  const limitRatio = 1 + limitUs / baseUs;
  if (interval.upper < limitRatio) return { verdict: 'pass', reason: 'below_limit' };
  if (!(interval.lower > limitRatio)) return { verdict: 'inconclusive', reason: 'spans_limit' };
  if (adjustedP !== null && adjustedP > 1 - interval.level) {
    return { verdict: 'inconclusive', reason: 'not_significant' };
  }
  return { verdict: 'regression', reason: 'above_limit' };
}
