import { createHash } from 'node:crypto';
import { type Axes, type MapPoint, type Point, placeOf } from '../../estimate/points.ts';
import type { Result } from '../../result/schema.ts';
import { type EstimateOptions, planEstimate } from '../estimate.ts';
import { prepareJobs, runJob } from '../job.ts';
import type { BenchmarkOptions } from '../options/resolve.ts';
import { type EstimatedPoint, estimateMap, mapPointOf } from './estimate-map.ts';
import { measuredChanges } from './measured-changes.ts';
import { pointMaker } from './points.ts';
import type { SweepSubject } from './sweep-journal.ts';

/** The options of a sweep: what all of its points have in common. */
export type SweepOptions = EstimateOptions &
  Pick<BenchmarkOptions, 'iterations' | 'warmup' | 'concurrency'>;

/** How far a sweep may go, what it has already, and who is told. */
export interface SweepTerms {
  /** No point is begun that would end later than so long after the start. */
  budgetMs: number;
  /** Points that were measured before. */
  measured: readonly MapPoint[];
  /** A point was measured: kept before the next one begins. */
  keep: (point: MapPoint, result: Result, progress: SweepProgress) => Promise<void>;
}

/** How far a sweep has come. */
export interface SweepProgress {
  measured: number;
  points: number;
  /** What the points to come that fit into the budget will take, by what the last ones took. */
  leftMs: number;
}

/** What a point takes beside its workflows: a server to start. */
const START_MS = 1500;

/**
 * A map, measured point by point, each an ordinary run against the bundled mock, those that take least first; where the budget
 * ends, estimates stand in. When `signal` aborts, the point under way is given up and the rest is estimated.
 * @throws UsageError for options, RunError if a point couldn't be measured.
 */
export async function sweep(
  options: SweepOptions,
  axes: Axes,
  { budgetMs, measured: before, keep }: SweepTerms,
  signal: AbortSignal,
): Promise<MapPoint[]> {
  const startMs = performance.now();
  const { iterations = DEFAULT_ROUNDS, warmup = 1, concurrency = 10, ...plain } = options;
  const estimated = await estimateMap(plain, axes);
  const optionsAt = await pointMaker(plain);
  const measured = new Map(before.map((each) => [placeOf(each.point), each]));
  const batches = Math.ceil(iterations / concurrency) + Math.ceil(warmup / concurrency);
  const costMs = ({ estimate }: EstimatedPoint): number =>
    START_MS +
    batches * Object.values(estimate.arms).reduce((sum, { e2eUs }) => sum + e2eUs / 1000, 0);
  const open = estimated
    .filter(({ point }) => !measured.has(placeOf(point)))
    .sort((a, b) => costMs(a) - costMs(b));
  /** How much longer points take than was reckoned. */
  let stretch = 1;

  for (const [index, at] of open.entries()) {
    const begunMs = performance.now();
    if (begunMs - startMs + stretch * costMs(at) > budgetMs) break;
    const [job] = await prepareJobs({
      ...(await optionsAt(at.point)),
      ...{ iterations, warmup, concurrency, calibrate: false },
    });
    const [result] = await runJob(job, {}, signal);
    if (signal.aborted) break;
    stretch = (performance.now() - begunMs) / costMs(at);
    const point = { point: at.point, changes: measuredChanges(result) };
    measured.set(placeOf(at.point), point);
    const leftMs = open.slice(index + 1).reduce((sum, each) => sum + stretch * costMs(each), 0);
    await keep(point, result, {
      measured: measured.size,
      points: estimated.length,
      leftMs: Math.min(leftMs, Math.max(0, budgetMs - (performance.now() - startMs))),
    });
  }
  return estimated.map((each) => measured.get(placeOf(each.point)) ?? mapPointOf(each));
}

/** As many as an interval needs. */
const DEFAULT_ROUNDS = 6;

/** What the points of a sweep have in common, to be held against that of another. */
export async function sweepSubject(options: SweepOptions, axes: Axes): Promise<SweepSubject> {
  const { script, transports, conditions } = await planEstimate(options);
  const { link, profile, tls, toolTimeFactor, seed } = conditions;
  const { iterations = DEFAULT_ROUNDS, warmup = 1, concurrency = 10 } = options;
  return {
    scenario: `${script.name} ${digest(script)}`,
    transports: transports.join(','),
    link: JSON.stringify(
      axes.rttMs === undefined || !link ? (link ?? null) : { ...link, rttMs: 0 },
    ),
    profile: axes.profile === undefined ? `${profile.name} ${digest(profile)}` : 'an axis',
    'tool time': String(toolTimeFactor),
    tls: String(tls),
    seed: String(seed),
    rounds: `${iterations} and ${warmup} to warm up, ${concurrency} at a time`,
  };
}

function digest(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

/** The place of a point in words that a folder can be called by: `5-steps_40-ms`. */
export function folderNameOf(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${String(value)}-${name}`)
    .join('_')
    .replace(/[^A-Za-z0-9._-]+/g, '-');
}
