/** Ranks of values, from 1; equal values share the mean of theirs. */
export interface Ranks {
  /** In the order of the values. */
  ranks: number[];
  /** Sizes of the groups of equal values, those of one value included. */
  groups: number[];
}

/** Ranks values in ascending order, ties sharing their mean rank. */
export function rank(values: readonly number[]): Ranks {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  const groups: number[] = [];
  let start = 0;
  while (start < order.length) {
    let end = start + 1;
    while (order[end]?.value === order[start]?.value) end++;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    groups.push(end - start);
    start = end;
  }
  return { ranks, groups };
}

/** The amount that ties take from the variance of a sum of ranks, before its divisor. */
export function tieTerm(groups: readonly number[]): number {
  return groups.reduce((sum, size) => sum + size ** 3 - size, 0);
}
