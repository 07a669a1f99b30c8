/**
 * The value that Student's t stays within on either side of 0 with this probability; by bisection.
 * @param degrees of freedom, a whole number
 */
export function studentQuantile(probability: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2];
  while (high - low > 1e-15) {
    const middle = (low + high) / 2;
    if (within(middle, degrees) < probability) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degrees);
}

/** Probability of |t| ≤ √ν tan θ: the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4. */
function within(angle: number, degrees: number): number {
  const odd = degrees % 2 === 1;
  const cosine = Math.cos(angle);
  let term = odd ? cosine : 1;
  let sum = 0;
  for (let factor = odd ? 2 : 1; factor < degrees; factor += 2) {
    sum += term;
    term *= (cosine * cosine * factor) / (factor + 1);
  }
  const series = Math.sin(angle) * sum;
  return odd ? ((angle + series) * 2) / Math.PI : series;
}
