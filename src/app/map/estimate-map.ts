import { UsageError } from '../../errors.ts';
import { estimator } from '../../estimate/estimate.ts';
import { type Axes, type MapPoint, type Point, pointsOf } from '../../estimate/points.ts';
import { type EstimateOptions, specifyEstimate } from '../estimate.ts';
import type { Place } from './measure-places.ts';
import { pointMaker } from './points.ts';

/** An estimate at one place of a map. */
export interface EstimatedPoint extends Place {
  point: Point;
}

/**
 * Estimates for every place of a map.
 * @throws UsageError for options, a scenario or a value of an axis that are no good.
 */
export async function estimateMap(options: EstimateOptions, axes: Axes): Promise<EstimatedPoint[]> {
  const optionsAt = await pointMaker(options);
  /** What is said is the same whatever the path and the model's pace. */
  const prepared = new Map<string, ReturnType<typeof estimator>>();
  const estimated: EstimatedPoint[] = [];
  for (const point of pointsOf(axes)) {
    const at = await optionsAt(point);
    const { script, transports, conditions } = await specifyEstimate(at);
    if (transports.length < 2) {
      throw new UsageError(
        `transports: expected at least two for a map, got ${transports.join(',')} alone`,
      );
    }
    const key = JSON.stringify([script.sha256, point.profile]);
    const estimate = prepared.get(key) ?? estimator(script, transports, conditions.profile);
    prepared.set(key, estimate);
    estimated.push({ point, options: at, estimate: estimate(conditions) });
  }
  return estimated;
}

/** What a map shows of an estimate. */
export function mapPointOf({ point, estimate }: EstimatedPoint): MapPoint {
  return {
    point,
    changes: estimate.changes.map(({ base, candidate, changePercent, fromStep }) => ({
      ...{ base, candidate, changePercent, fromStep },
      interval: null,
      source: 'estimated',
    })),
  };
}
