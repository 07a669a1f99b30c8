import type { SweepProgress } from '../../app/map/sweep.ts';
import type { MapPoint } from '../../estimate/points.ts';
import { pointText } from '../../report/estimates.ts';

/** Says on stderr that a point was measured, and how long the rest may take. */
export function tellPoint(point: MapPoint, { measured, points, leftMs }: SweepProgress): void {
  const left = measured === points ? '' : `, about ${leftText(leftMs)} left`;
  process.stderr.write(`${measured}/${points} ${pointText(point)}${left}\n`);
}

/** The same of a place whose figures stand in a page to come. */
export function tellCount(measured: number, places: number, leftMs: number): void {
  process.stderr.write(`${measured}/${places} measured, about ${leftText(leftMs)} left\n`);
}

function leftText(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
