import type { Knee, LoadLevel, UnderLoad } from '../../result/load/schema.ts';

/** A knee is found once the lowest rate that wasn't kept up is no further above the highest one that was. */
const CLOSE_ENOUGH = 1.05;
/** How much longer a workflow may take for each second that it is due later: 2 % more is offered than is done. */
const MOST_GROWTH = 0.02;
/** The share of the workflows that must be good, or where nothing says what that is, complete. */
const LEAST_GOOD = 0.95;
const STEP_UP = 2;
/** Far below the first rate there is none to be found: what is wrong isn't how many come. */
const MOST_DOWN = 32;
const MOST_LEVELS = 30;

/** Whether a rate was kept up: no queue grew, and of the workflows enough were good. */
export function isKeptUp(figures: UnderLoad): boolean {
  const { arrivals, completed, good } = figures;
  return !fellBehind(figures) && (good ?? completed) >= LEAST_GOOD * arrivals;
}

/** Whether a queue grew, be it on our side: more came than was done. */
export function fellBehind({ growth }: UnderLoad): boolean {
  return (growth ?? 0) > MOST_GROWTH;
}

/** Where a transport no longer keeps up with what it is offered. */
export function kneeOf(name: string, levels: readonly LoadLevel[]): Knee {
  const tried = levels.flatMap(({ perSecond, transports }) => {
    const found = transports[name];
    return perSecond === null || found === undefined || found.arrivals === 0
      ? []
      : [{ perSecond, found }];
  });
  const broken = tried.filter(({ found }) => !isKeptUp(found)).map(({ perSecond }) => perSecond);
  const notPerSecond = broken.length === 0 ? null : Math.min(...broken);
  const kept = tried
    .filter(({ perSecond, found }) => isKeptUp(found) && perSecond < (notPerSecond ?? Infinity))
    .map(({ perSecond }) => perSecond);
  const done = tried.flatMap(({ found }) => found.completedPerSecond ?? []);
  return {
    perSecond: kept.length === 0 ? null : Math.max(...kept),
    notPerSecond,
    mostPerSecond: done.length === 0 ? null : Math.max(...done),
  };
}

/**
 * The rate to try next: twice the highest until it isn't kept up, then between the two, until the knees of all transports
 * are known; undefined when they are, or the search has no end.
 */
export function nextRate(
  transports: readonly string[],
  levels: readonly LoadLevel[],
  { firstPerSecond, mostPerSecond }: { firstPerSecond: number; mostPerSecond: number },
): number | undefined {
  if (levels.length === 0) return firstPerSecond;
  if (levels.length >= MOST_LEVELS) return undefined;
  const wanted = transports.flatMap((name) => {
    const { perSecond, notPerSecond } = kneeOf(name, levels);
    if (notPerSecond === null) return [(perSecond ?? firstPerSecond) * STEP_UP];
    if (perSecond === null) {
      return notPerSecond < firstPerSecond / MOST_DOWN ? [] : [notPerSecond / STEP_UP];
    }
    return notPerSecond / perSecond <= CLOSE_ENOUGH ? [] : [Math.sqrt(perSecond * notPerSecond)];
  });
  const next = wanted.length === 0 ? undefined : Math.min(...wanted);
  const isNew = levels.every(({ perSecond }) => perSecond !== next);
  return next !== undefined && next <= mostPerSecond && isNew ? next : undefined;
}
