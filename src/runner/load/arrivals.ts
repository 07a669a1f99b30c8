import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { randomAt } from '../../random.ts';
import { reachedAtUs, type Stage } from './stages.ts';

/** How workflows arrive at a rate: evenly, or as independent users do. */
export const arrivalProcesses = ['constant', 'poisson'] as const;

export type ArrivalProcess = (typeof arrivalProcesses)[number];

/** A load that is a rate: workflows begin when they are due, whatever became of those before. */
export interface ArrivalLoad {
  /** Of workflows begun per second. */
  stages: readonly Stage[];
  process: ArrivalProcess;
  /** Decides when Poisson arrivals come. */
  seed: number;
  /** At most so many. @default as many as come while the stages last */
  most?: number;
  /** The part that arrives here: arrival k where k mod count is index − 1. @default all */
  shard?: { index: number; count: number } | undefined;
}

/** A workflow that is to begin. */
export interface Arrival {
  /** Its number among all arrivals of the load, from 0 on, those of other shards included. */
  index: number;
  /** When it is due: µs since the load, or the window that it is part of, began. */
  atUs: number;
}

/** The arrivals of a load in the order of time: the same for every arm, and every time that they are asked for. */
export function* arrivalsOf({
  stages,
  process,
  seed,
  most,
  shard,
}: ArrivalLoad): Generator<Arrival> {
  const { index: part, count: every } = shard ?? { index: 1, count: 1 };
  const next = countsOf(process, seed);
  for (let index = 0; index < (most ?? Infinity); index++) {
    const atUs = reachedAtUs(stages, next());
    if (atUs === undefined) return;
    if (index % every === part - 1) yield { index, atUs };
  }
}

/** What the rate has added up to when each arrival is due: whole numbers, or the sums of a unit Poisson process' gaps. */
function countsOf(process: ArrivalProcess, seed: number): () => number {
  let count = 0;
  if (process === 'constant') return () => count++;
  const random = randomAt(seed, 'arrivals');
  return () => {
    count -= Math.log(1 - uniformFloat64(random));
    return count;
  };
}
