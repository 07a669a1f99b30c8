import {
  type Axes,
  type AxisName,
  axesOf,
  axisNames,
  type MapPoint,
  type PointChange,
  placeOf,
  pointsOf,
} from '../estimate/points.ts';
import type { Cell, Grid, Page, Section } from './blocks/block.ts';
import { DASH, formatChange } from './text/figures.ts';

/** A map of what WebSocket gains: a grid for each base, the last axis across. */
export function mapPage(title: string, axes: Axes, points: readonly MapPoint[]): Page {
  const pairs = new Map(
    ofWebSocket(points.flatMap(({ changes }) => changes)).map(({ base, candidate }) => [
      `${candidate} vs ${base}`,
      { base, candidate },
    ]),
  );
  const all = points.flatMap(({ changes }) => changes);
  const some = (source: PointChange['source']): boolean =>
    all.some((change) => change.source === source);
  return [
    [{ kind: 'text', lines: [title], style: 'plain' }],
    ...[...pairs].map(
      ([heading, pair]): Section => [
        { kind: 'heading', level: 2, text: heading },
        { kind: 'grid', grid: gridOf(axes, points, pair, some('measured') ? '~' : '') },
      ],
    ),
    [{ kind: 'note', text: noteOf(some('measured'), some('estimated')) }],
  ];
}

/** What a map is about; where no arm is of WebSocket, all of it. */
function ofWebSocket(changes: readonly PointChange[]): readonly PointChange[] {
  const found = changes.filter(({ candidate }) => candidate.startsWith('ws'));
  return found.length > 0 ? found : changes;
}

function noteOf(measured: boolean, estimated: boolean): string {
  return [
    'Change of the whole workflow; in brackets the step from which on it is ahead and stays so.',
    ...(measured ? ['Below it the 95 % interval of what was measured.'] : []),
    ...(measured && estimated ? ['What begins with ~ is estimated, not measured.'] : []),
    ...(estimated && !measured ? ['All of it is estimated: nothing was sent.'] : []),
  ].join(' ');
}

type Pair = Pick<PointChange, 'base' | 'candidate'>;

/** @param mark of what is estimated, where not everything is */
function gridOf(axes: Axes, points: readonly MapPoint[], pair: Pair, mark: string): Grid {
  const names = axesOf(axes);
  const across = names.at(-1);
  if (across === undefined) return [];
  const down = names.slice(0, -1);
  const values: readonly (string | number)[] = axes[across] ?? [];
  const rows = pointsOf({ ...axes, [across]: undefined });
  const byPlace = new Map(points.map((each) => [placeOf(each.point), each]));
  return [
    [
      ...down.map((name) => ({ text: axisLabels[name] })),
      ...values.map((value) => ({ text: valueText(across, value) })),
    ],
    ...rows.map((row) => [
      ...down.map((name) => ({ text: valueText(name, row[name]) })),
      ...values.map((value) => {
        const at = byPlace.get(placeOf({ ...row, [across]: value }));
        return cellOf(
          at?.changes.find((change) => isOf(change, pair)),
          mark,
        );
      }),
    ]),
  ];
}

function isOf(change: PointChange, { base, candidate }: Pair): boolean {
  return change.base === base && change.candidate === candidate;
}

function cellOf(change: PointChange | undefined, mark: string): Cell {
  if (change === undefined) return { text: DASH };
  const { changePercent, interval, source, fromStep } = change;
  const from = fromStep === null ? '' : ` (${fromStep})`;
  const certain = interval === null || interval.lower > 0 || interval.upper < 0;
  return {
    text: `${source === 'estimated' ? mark : ''}${formatChange(changePercent)}${from}`,
    ...(interval && { detail: `${interval.lower.toFixed(1)} to ${interval.upper.toFixed(1)}` }),
    ...(certain && { tone: changePercent < 0 ? 'better' : 'worse' }),
  };
}

/** A point in a line: `5 steps, 40 ms: ws vs http -33.1 %`. */
export function pointText({ point, changes }: MapPoint): string {
  const place = axisNames.flatMap((name) => {
    const value = point[name];
    return value === undefined ? [] : [valueText(name, value)];
  });
  const gains = ofWebSocket(changes).map(({ base, candidate, changePercent }) => {
    return `${candidate} vs ${base} ${formatChange(changePercent)}`;
  });
  return `${place.join(', ')}: ${gains.join(', ')}`;
}

const axisLabels: Readonly<Record<AxisName, string>> = {
  profile: 'profile',
  tokensPerSecond: 'model',
  contextTokens: 'context',
  steps: 'steps',
  rttMs: 'round trip',
};

function valueText(name: AxisName, value: string | number | undefined): string {
  return value === undefined ? DASH : `${value}${units[name]}`;
}

const units: Readonly<Record<AxisName, string>> = {
  profile: '',
  tokensPerSecond: ' tokens/s',
  contextTokens: ' tokens',
  steps: ' steps',
  rttMs: ' ms',
};
