import { createHash } from 'node:crypto';
import { type Axes, type MapPoint, type Point, placeOf } from '../../estimate/points.ts';
import { plainLink } from '../../network/link-presets.ts';
import type { Result } from '../../result/schema.ts';
import { type EstimateOptions, specifyEstimate } from '../estimate.ts';
import { estimateMap, mapPointOf } from './estimate-map.ts';
import { measurePlaces, type Rounds } from './measure-places.ts';
import { measuredChanges } from './measured-changes.ts';
import type { SweepSubject } from './sweep-journal.ts';

/** How far a sweep may go, what it has already, and who is told. */
export interface SweepTerms {
  rounds: Rounds;
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
  /** What the points to come that fit into the budget will take. */
  leftMs: number;
}

/**
 * A map, measured point by point, those that take least first; where the budget ends, or `signal` aborts, estimates stand in.
 * @throws UsageError for options, RunError if a point couldn't be measured.
 */
export async function sweep(
  options: EstimateOptions,
  axes: Axes,
  { rounds, budgetMs, measured: before, keep }: SweepTerms,
  signal: AbortSignal,
): Promise<MapPoint[]> {
  const estimated = await estimateMap(options, axes);
  const measured = new Map(before.map((each) => [placeOf(each.point), each]));
  await measurePlaces(
    estimated.filter(({ point }) => !measured.has(placeOf(point))),
    rounds,
    budgetMs,
    async ({ point }, result, leftMs) => {
      const found = { point, changes: measuredChanges(result) };
      measured.set(placeOf(point), found);
      await keep(found, result, { measured: measured.size, points: estimated.length, leftMs });
    },
    signal,
  );
  return estimated.map((each) => measured.get(placeOf(each.point)) ?? mapPointOf(each));
}

/** What the points of a sweep have in common, to be held against that of another. */
export async function sweepSubject(
  options: EstimateOptions,
  { iterations, warmup, concurrency }: Rounds,
  axes: Axes,
): Promise<SweepSubject> {
  const { script, transports, conditions } = await specifyEstimate(options);
  const { link, profile, tls, toolTimeFactor, seed } = conditions;
  const isAxis = axes.rttMs !== undefined;
  const path = isAxis ? { ...(link ?? plainLink(0)), rttMs: 'an axis' } : (link ?? null);
  return {
    scenario: `${script.name} ${digest(script)}`,
    transports: transports.join(','),
    link: JSON.stringify(path),
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

/** The place of a point as the name of a folder: `5-steps_40-rttMs`. */
export function folderNameOf(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${String(value)}-${name}`)
    .join('_')
    .replace(/[^A-Za-z0-9._-]+/g, '-');
}
