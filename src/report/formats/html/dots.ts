import type { Chart, DotRow, Dots } from '../../blocks/chart.ts';
import { formatChangeRange, formatRange } from '../../text/figures.ts';
import { bottomAxis, widthOfWords, words } from './axis.ts';
import type { Drawn } from './drawn.ts';
import { element } from './markup.ts';
import { linearScale, type Scale, valueText } from './scale.ts';

const ROW = 48;
const LONGEST_NAMES = 230;

/** Rows of dots, each with its middle and its interval. */
export function drawDots({ rows, reference }: Dots, chart: Chart, width: number): Drawn {
  const wide = width > 500;
  const names = Math.min(LONGEST_NAMES, Math.max(...rows.map(({ name }) => widthOfWords(name))));
  const left = wide ? names + 16 : 12;
  const row = wide ? ROW : ROW + 18;
  const bottom = rows.length * row + 8;
  const right = width - 20;
  const scale = linearScale(endsOf(rows, reference), [left, right], wide ? 8 : 4);
  const drawn = rows.map((each, index) => drawRow(each, chart, scale, { index, row, wide, names }));
  const line =
    reference === undefined
      ? ''
      : element('line', {
          ...{ class: 'zero', y1: 0, y2: bottom },
          ...{ x1: scale.at(reference), x2: scale.at(reference) },
        });
  const axis = bottomAxis(scale, { top: 0, bottom, right, unit: chart.unit, name: chart.axis });
  return { height: bottom + 42, body: axis + line + drawn.join('') };
}

function drawRow(
  { name, series, samples, middle, interval, limit }: DotRow,
  { unit }: Chart,
  scale: Scale,
  { index, row, wide, names }: { index: number; row: number; wide: boolean; names: number },
): string {
  const y = index * row + (wide ? 24 : 42);
  const value = middle === null ? '' : valueText(middle, unit);
  const label = wide
    ? words(name, { x: 0, y: y - 2, class: 'name' }, names + 8) +
      words(value, { x: 0, y: y + 14, class: 'muted' })
    : words(`${name}  ${value}`, { x: 12, y: y - 20, class: 'name' }, 330);
  const dots = samples.map((sample) =>
    element('circle', {
      class: 'dot',
      'data-t': `${name}: ${valueText(sample, unit)}`,
      ...{ cx: scale.at(sample), cy: y + 9, r: 3.5 },
    }),
  );
  const range =
    interval &&
    (unit === 'percent'
      ? formatChangeRange(interval.lower, interval.upper)
      : formatRange(interval.lower, interval.upper));
  const tip = `${name}: ${value}${range === null ? '' : `, 95 % interval ${range}`}`;
  const band =
    interval === null
      ? ''
      : element('rect', {
          class: 'band',
          'data-t': tip,
          ...{ x: scale.at(interval.lower), y: y - 11, height: 10, rx: 3 },
          width: Math.max(2, scale.at(interval.upper) - scale.at(interval.lower)),
        });
  const at = middle === null ? '' : upright(scale.at(middle), y - 14, y + 2, 'middle', tip);
  const most =
    limit === undefined
      ? ''
      : upright(scale.at(limit), y - 14, y + 16, 'limit', `limit ${valueText(limit, unit)}`);
  return (
    label + element('g', { class: `s${series % 7}`, 'data-s': series }, band, ...dots, at, most)
  );
}

function upright(x: number, y1: number, y2: number, kind: string, tip: string): string {
  return element('line', { class: kind, 'data-t': tip, x1: x, x2: x, y1, y2 });
}

/** From zero, unless all lies far from it. */
function endsOf(rows: readonly DotRow[], reference: number | undefined): [number, number] {
  const values = rows.flatMap(({ samples, middle, interval, limit }) => [
    ...samples,
    ...[middle, interval?.lower, interval?.upper, limit, reference].filter(
      (value): value is number => typeof value === 'number' && Number.isFinite(value),
    ),
  ]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * 0.04;
  return least >= 0 && least < most / 2 ? [0, most] : [least - margin, most + margin];
}
