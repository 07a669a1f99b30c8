import type { Estimate } from '../../estimate/estimate.ts';
import type { Result } from '../../result/schema.ts';
import { prepareJobs, runJob } from '../job.ts';
import type { BenchmarkOptions } from '../options/resolve.ts';
import type { PointOptions } from './points.ts';

/** A place to be measured, and what it would take. */
export interface Place {
  options: PointOptions;
  estimate: Estimate;
  /** In place of those of all. */
  rounds?: Rounds;
}

/** How often every place is measured. */
export type Rounds = Required<Pick<BenchmarkOptions, 'iterations' | 'warmup' | 'concurrency'>>;

/** What a place takes beside its workflows: a server to start. */
const START_MS = 1500;

/**
 * Measures places one after another, each an ordinary run against the bundled mock, those that take least first; none that
 * would end later than `budgetMs` after the start. When `signal` aborts, the one under way is given up.
 * @param keep is waited for before the next place begins; told what those to come that fit into the budget will take
 * @throws UsageError for options, RunError if a place couldn't be measured.
 */
export async function measurePlaces<At extends Place>(
  places: readonly At[],
  rounds: Rounds,
  budgetMs: number,
  keep: (place: At, result: Result, leftMs: number) => Promise<void> | void,
  signal: AbortSignal,
): Promise<void> {
  const startMs = performance.now();
  const costMs = (place: Place): number => costOf(place, place.rounds ?? rounds);
  const ordered = places.toSorted((a, b) => costMs(a) - costMs(b));
  /** How much longer places take than was reckoned. */
  let stretch = 1;

  for (const [index, place] of ordered.entries()) {
    const begunMs = performance.now();
    if (begunMs - startMs + stretch * costMs(place) > budgetMs) return;
    const [job] = await prepareJobs({
      ...place.options,
      ...(place.rounds ?? rounds),
      calibrate: false,
    });
    // A signal of its own: the listeners of many runs would pile up on one.
    const [result] = await runJob(job, {}, AbortSignal.any([signal]));
    if (signal.aborted) return;
    stretch = (performance.now() - begunMs) / costMs(place);
    const leftMs = fitting(
      ordered.slice(index + 1).map((each) => stretch * costMs(each)),
      budgetMs - (performance.now() - startMs),
    );
    await keep(place, result, leftMs);
  }
}

/** Our own work isn't in an estimate, and never nothing. */
const LEAST_WORKFLOW_MS = 20;

function costOf({ estimate }: Place, { iterations, warmup, concurrency }: Rounds): number {
  const batches = Math.ceil(iterations / concurrency) + Math.ceil(warmup / concurrency);
  const roundMs = Object.values(estimate.arms).reduce(
    (sum, { e2eUs }) => sum + Math.max(LEAST_WORKFLOW_MS, e2eUs / 1000),
    0,
  );
  return START_MS + batches * roundMs;
}

/** The sum of the first of these that stay below a limit. */
function fitting(all: readonly number[], limit: number): number {
  let sum = 0;
  for (const each of all) {
    if (sum + each > limit) break;
    sum += each;
  }
  return sum;
}
