/** The autocorrelation of a series: how much a value tells of the next one. */
export interface Autocorrelation {
  /** Correlation of each value with the next, -1 to 1. */
  lag1: number;
  /** Beyond it, in either direction, independent values lie in 5 % of cases. */
  bound: number;
  /** Independent values that would tell as much of the mean: at most the count. */
  effectiveCount: number;
}

/**
 * Correlation of values with their next (Box & Jenkins, Time Series Analysis, 1976, section 2.1.5), with Bartlett's bound
 * of 1.96 / √n and the effective count n (1 − r) / (1 + r) of an AR(1) series. Null below 3 values and where all are equal.
 * @param values in the order of time
 */
export function autocorrelation(values: readonly number[]): Autocorrelation | null {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviations = values.map((value) => value - mean);
  const variance = deviations.reduce((sum, each) => sum + each * each, 0);
  if (n < 3 || variance === 0) return null;
  const covariance = deviations
    .slice(1)
    .reduce((sum, each, index) => sum + each * (deviations[index] ?? 0), 0);
  const lag1 = covariance / variance;
  // Neighbours that alternate would count for more than they are: the drift we look for is positive.
  const repeated = Math.max(lag1, 0);
  return {
    lag1,
    bound: 1.96 / Math.sqrt(n),
    effectiveCount: (n * (1 - repeated)) / (1 + repeated),
  };
}
