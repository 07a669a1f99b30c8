import { type Axes, axesOf, type MapPoint } from '../../estimate/points.ts';

/** A map as CSV (RFC 4180): a line for each comparison at each place. */
export function mapCsv(axes: Axes, points: readonly MapPoint[]): string {
  const names = axesOf(axes);
  const head = [
    ...names,
    ...[
      'base',
      'candidate',
      'change_percent',
      'lower_percent',
      'upper_percent',
      'from_step',
      'source',
    ],
  ];
  const lines = points.flatMap(({ point, changes }) =>
    changes.map(({ base, candidate, changePercent, interval, fromStep, source }) => [
      ...names.map((name) => point[name] ?? ''),
      ...[base, candidate, changePercent.toFixed(3)],
      ...[interval?.lower.toFixed(3) ?? '', interval?.upper.toFixed(3) ?? ''],
      ...[fromStep ?? '', source],
    ]),
  );
  return [head, ...lines].map((fields) => `${fields.map(quoted).join(',')}\r\n`).join('');
}

function quoted(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
