/** What a server says of itself at one moment: values by their names and labels, as they stand in `GET /metrics`. */
export type Scrape = ReadonlyMap<string, number>;

/** Asks the server at that address. */
export async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
  );
}

/** A value by its name. */
export function valueOf(now: Scrape, name: string): number {
  const value = now.get(name);
  if (value === undefined) throw new Error(`the server says nothing of ${name}`);
  return value;
}

/** How much a counter grew. */
export function growthOf(before: Scrape, after: Scrape, name: string): number {
  return valueOf(after, name) - valueOf(before, name);
}

/**
 * The quantile of the values that a histogram counted between two scrapes, taken as spread evenly inside of a
 * bucket; Infinity beyond the last bound.
 */
export function quantileOf(before: Scrape, after: Scrape, name: string, quantile: number): number {
  const rank = quantile * growthOf(before, after, `${name}_count`);
  let [lower, lowerCount] = [-Infinity, 0];
  for (const key of after.keys()) {
    const [, label] = /_bucket\{le="(.*)"\}$/.exec(key) ?? [];
    if (label === undefined || !key.startsWith(`${name}_bucket`)) continue;
    const upper = label === '+Inf' ? Infinity : Number(label);
    const count = growthOf(before, after, key);
    if (count >= rank && count > 0) {
      if (lower === -Infinity || upper === Infinity) return upper;
      return lower + ((upper - lower) * (rank - lowerCount)) / (count - lowerCount);
    }
    [lower, lowerCount] = [upper, count];
  }
  return NaN;
}
