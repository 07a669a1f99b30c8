/** So many of something are as good as all to the eye. */
const ENOUGH = 200;

/** Some of many, evenly spread, the first and the last among them: a page stays small however long a run was. */
export function thinned<T>(all: readonly T[], enough = ENOUGH): T[] {
  if (all.length <= enough) return [...all];
  const pace = (all.length - 1) / (enough - 1);
  return Array.from({ length: enough }, (_, k) => all[Math.round(k * pace)]).flatMap((one) =>
    one === undefined ? [] : [one],
  );
}
