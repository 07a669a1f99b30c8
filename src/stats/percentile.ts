/**
 * Nearest-rank percentile of values in ascending order: the smallest value that at least `percentile` percent
 * of all do not exceed (Hyndman & Fan 1996, definition 1; HdrHistogram counts alike). Undefined if there is none.
 */
export function nearestRank(ascending: readonly number[], percentile: number): number | undefined {
  const rank = Math.ceil((percentile * ascending.length) / 100);
  return ascending[Math.max(rank, 1) - 1];
}

/** Median: the middle value, or the mean of the middle two. Undefined if there is none. */
export function median(values: readonly number[]): number | undefined {
  const ascending = values.toSorted((a, b) => a - b);
  const lower = ascending[Math.ceil(ascending.length / 2) - 1];
  const upper = ascending[Math.floor(ascending.length / 2)];
  return lower === undefined || upper === undefined ? undefined : (lower + upper) / 2;
}
