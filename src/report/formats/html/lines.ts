import type { Chart, Lines, Unit } from '../../blocks/chart.ts';
import { leftAxis, words } from './axis.ts';
import type { DrawnTwice } from './drawn.ts';
import { element } from './markup.ts';
import { linearScale, logScale, type Scale, valueText } from './scale.ts';

const LEFT = 62;
const LINE_OF_MARKS = 16;

/** Lines with a sign at every point; with a logarithmic axis of values too where that makes sense. */
export function drawLines(drawing: Lines, chart: Chart, width: number): DrawnTwice {
  const { series, marks, ratio } = drawing;
  const top = 10 + marks.length * LINE_OF_MARKS;
  const bottom = top + (width > 500 ? 230 : 200);
  const right = width - 20;
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const places = series.flatMap(({ points }) => points.map(([at]) => at));
  const across = ends(places, [LEFT + 8, right - 8]);
  const draw = (scale: Scale): string =>
    leftAxis(scale, { left: LEFT, right, unit: chart.unit }) +
    drawing.ticks
      .map(({ at, text }) =>
        words(text, { x: across(at), y: bottom + 18, 'text-anchor': 'middle', class: 'muted' }),
      )
      .join('') +
    words(drawing.over, { x: right, y: bottom + 36, 'text-anchor': 'end', class: 'muted' }) +
    drawMarks(marks, across, { bottom, right }) +
    series
      .map((each) => drawSeries(each, { unit: chart.unit, place: drawing.place }, across, scale))
      .join('');
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const linear = linearScale(
    [least > most / 2 ? least : Math.min(0, least), most],
    [bottom, top],
    5,
  );
  return {
    height: bottom + 44,
    body: draw(linear),
    ...(ratio && {
      logarithmic: draw(logScale([least, most], [bottom, top], 5)),
    }),
  };
}

function drawSeries(
  { name, series, points }: Lines['series'][number],
  { unit, place }: { unit: Unit; place: string },
  across: (at: number) => number,
  scale: Scale,
): string {
  const places = points.map(([at, value]) => [across(at), scale.at(value)] as const);
  const path = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const signs = points.map(([at, value], index) => {
    const [x, y] = places[index] ?? [0, 0];
    const tip = `${name}, ${place}${at}: ${valueText(value, unit)}`;
    return sign(series, x, y, tip);
  });
  return element(
    'g',
    { class: `s${series % 7}`, 'data-s': series },
    element('polyline', { class: 'line', points: path }),
    ...signs,
  );
}

/** A form for each line, so that colours are not all that tells them apart. */
function sign(series: number, x: number, y: number, tip: string): string {
  const common = { class: 'sign', 'data-t': tip };
  const size = 3.2;
  switch (series % 3) {
    case 0:
      return element('circle', { ...common, cx: x, cy: y, r: size });
    case 1:
      return element('rect', {
        ...common,
        ...{ x: x - size, y: y - size, width: 2 * size, height: 2 * size },
      });
    default: {
      const reach = size * 1.4;
      const corners = [
        [x, y - reach],
        [x + reach, y],
        [x, y + reach],
        [x - reach, y],
      ].map((corner) => corner.map((each) => each.toFixed(1)).join(','));
      return element('polygon', { ...common, points: corners.join(' ') });
    }
  }
}

/** One above the other, each on the side of its line that has room. */
function drawMarks(
  marks: Lines['marks'],
  across: (at: number) => number,
  { bottom, right }: { bottom: number; right: number },
): string {
  return marks
    .map(({ at, text }, index) => {
      const x = across(at);
      const y = 14 + index * LINE_OF_MARKS;
      const atEnd = x > right / 2;
      return (
        element('line', { class: 'mark', x1: x, x2: x, y1: y - 10, y2: bottom }) +
        words(text, {
          ...{ x: atEnd ? x - 6 : x + 6, y },
          'text-anchor': atEnd ? 'end' : 'start',
          class: 'name',
        })
      );
    })
    .join('');
}

/** A scale whose ends are the values' own. */
function ends(values: readonly number[], [from, to]: readonly [number, number]) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(most - least, 1e-9);
  return (value: number): number =>
    most === least ? (from + to) / 2 : from + ((value - least) / reach) * (to - from);
}
