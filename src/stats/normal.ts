/**
 * Probability that a standard normal value exceeds `z`: Taylor's series near the middle (Marsaglia, Evaluating the
 * Normal Distribution, Journal of Statistical Software 11, 2004), beyond 4 Laplace's continued fraction (Abramowitz &
 * Stegun 26.2.14), so that small probabilities keep their digits.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  return z > 4 ? density(z) / fraction(z) : 0.5 - density(z) * series(z);
}

/** The value that a standard normal one stays below with this probability, to 12 digits; by bisection. */
export function normalQuantile(probability: number): number {
  if (probability < 0.5) return -normalQuantile(1 - probability);
  let [low, high] = [0, 40];
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + … */
function series(z: number): number {
  let sum = z;
  let term = z;
  for (let factor = 3; term > sum * 1e-17; factor += 2) {
    term *= (z * z) / factor;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))) */
function fraction(z: number): number {
  let value = z;
  for (let step = 100; step >= 1; step--) value = z + step / value;
  return value;
}
