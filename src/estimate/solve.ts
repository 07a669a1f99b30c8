/** A quantity that is looked for: from where to where, and whether only whole numbers will do. */
export interface Range {
  least: number;
  most: number;
  whole?: true;
}

/** The end of a search: the least value from which on the goal is reached, or the best that can be had. */
export type Found = { value: number } | { value: null; best: number };

/** Places that are looked at before the search narrows: what rises and falls again is met too. */
const FIRST_LOOK = 16;
const HALVINGS = 24;

/**
 * The least value at which `gain` reaches `goal`, to a part in a thousand, looked for at even ratios and then between the two
 * places where it is passed.
 */
export function leastThatGains(
  { least, most, whole }: Range,
  goal: number,
  gain: (value: number) => number,
): Found {
  const rounded = (value: number): number => (whole ? Math.round(value) : value);
  let best = -Infinity;
  let below = least;
  for (let look = 0; look <= FIRST_LOOK; look++) {
    const value = rounded(least * (most / least) ** (look / FIRST_LOOK));
    const gained = gain(value);
    if (gained >= goal) return { value: look === 0 ? least : narrowed(below, value) };
    best = Math.max(best, gained);
    below = value;
  }
  return { value: null, best };

  function narrowed(from: number, to: number): number {
    let [low, high] = [from, to];
    for (let turn = 0; turn < HALVINGS; turn++) {
      const isClose = whole ? high - low <= 1 : high / low < 1.0005;
      if (isClose) break;
      const middle = rounded(whole ? (low + high) / 2 : Math.sqrt(low * high));
      if (gain(middle) >= goal) high = middle;
      else low = middle;
    }
    return high;
  }
}
