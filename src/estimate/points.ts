/** The values of every axis of a map; an axis that isn't there is as the options say. */
export interface Axes {
  profile?: readonly string[];
  tokensPerSecond?: readonly number[];
  contextTokens?: readonly number[];
  steps?: readonly number[];
  rttMs?: readonly number[];
}

/** The names of all axes, in the order in which a map shows them: the last one that it has goes across. */
export const axisNames = [
  'profile',
  'tokensPerSecond',
  'contextTokens',
  'steps',
  'rttMs',
] as const satisfies (keyof Axes)[];

export type AxisName = (typeof axisNames)[number];

/** One place of a map: a value of every axis that it has. */
export type Point = { readonly [Name in AxisName]?: NonNullable<Axes[Name]>[number] };

/** What is known at one place of a map. */
export interface MapPoint {
  point: Point;
  changes: readonly PointChange[];
}

/** A candidate's time against a base's at one place: measured, with an interval if there were enough rounds, or reckoned. */
export interface PointChange {
  base: string;
  candidate: string;
  changePercent: number;
  interval: { lower: number; upper: number } | null;
  source: 'measured' | 'estimated';
  /** The step from which on the candidate is ahead and stays so, from 1; null: never. */
  fromStep: number | null;
}

/** Every place of a map, the last axis fastest. */
export function pointsOf(axes: Axes): Point[] {
  return axisNames.reduce<Point[]>(
    (points, name) => {
      const values: readonly (string | number)[] | undefined = axes[name];
      if (values === undefined) return points;
      return points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
    },
    [{}],
  );
}

/** The axes that a map has, those down its side first; the last goes across. */
export function axesOf(axes: Axes): AxisName[] {
  return axisNames.filter((name) => axes[name] !== undefined);
}

/** A place of a map as text: the same whatever the order of its axes. */
export function placeOf(point: Point): string {
  return JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
}
