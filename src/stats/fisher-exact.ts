/** Events among so many trials. */
export interface EventCount {
  events: number;
  trials: number;
}

/**
 * Fisher's exact test, one-sided: the probability that at least as many of all events as the candidate had fall on its
 * side, if they fall on every trial alike (Fisher, The Design of Experiments, 1935, section 5). For few events among many
 * trials, where a rank test's normal approximation finds differences that are none.
 */
export function fisherExactP(base: EventCount, candidate: EventCount): number {
  const events = base.events + candidate.events;
  const fewest = Math.max(0, events - base.trials);
  const most = Math.min(events, candidate.trials);
  // Hypergeometric terms as logarithms, up to a common factor.
  const logTerms = [0];
  for (let count = fewest; count < most; count++) {
    const ways = (candidate.trials - count) * (events - count);
    const undone = (count + 1) * (base.trials - events + count + 1);
    logTerms.push((logTerms.at(-1) ?? 0) + Math.log(ways / undone));
  }
  const largest = logTerms.reduce((highest, each) => Math.max(highest, each));
  const terms = logTerms.map((each) => Math.exp(each - largest));
  return Math.min(1, sum(terms.slice(candidate.events - fewest)) / sum(terms));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
