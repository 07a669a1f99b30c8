/** A quantile of a binomial distribution, with what lies on either side of it. */
export interface BinomialQuantile {
  /** The smallest count that is reached or undercut with at least the probability asked for. */
  count: number;
  /** Probability of fewer than `count`. */
  below: number;
  /** Probability of `count` or fewer. */
  upTo: number;
}

/**
 * Quantile of the number of successes in `trials`, each with probability `share` (above 0 and below 1). Terms are
 * summed as logarithms, since the first of many is too small for a floating point number.
 */
export function binomialQuantile(
  trials: number,
  share: number,
  probability: number,
): BinomialQuantile {
  const logOdds = Math.log(share / (1 - share));
  let logTerm = trials * Math.log1p(-share);
  let count = 0;
  let below = 0;
  let upTo = Math.exp(logTerm);
  while (upTo < probability && count < trials) {
    count++;
    logTerm += Math.log((trials - count + 1) / count) + logOdds;
    below = upTo;
    upTo += Math.exp(logTerm);
  }
  return { count, below, upTo };
}
