/**
 * Holm's adjustment of p values that are judged together, in their order: below 0.05, the chance that any of the
 * differences claimed is none stays below 5 %, however the tests depend on each other (Scandinavian Journal of
 * Statistics 6, 1979, pages 65-70).
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length).fill(1);
  const ascending = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let highest = 0;
  for (const [before, { p, index }] of ascending.entries()) {
    highest = Math.max(highest, Math.min(1, p * (ps.length - before)));
    adjusted[index] = highest;
  }
  return adjusted;
}
