import type { Chart, Waterfall } from '../../blocks/chart.ts';
import { signed } from '../../text/figures.ts';
import { bottomAxis, widthOfWords, words } from './axis.ts';
import type { Drawn } from './drawn.ts';
import { element } from './markup.ts';
import { linearScale, valueText } from './scale.ts';

const BAR = 18;
const LONGEST_NAMES = 310;
const VALUES = 74;

/** A bar of the drawing: from where to where, and what it says. */
interface Bar {
  name: string;
  kind: string;
  from: number;
  to: number;
  text: string;
}

/** From one whole to another: a bar for each, and the changes between them one after another. */
export function drawWaterfall(drawing: Waterfall, chart: Chart, width: number): Drawn {
  const wide = width > 500;
  const row = wide ? BAR + 10 : BAR + 26;
  const bars = barsOf(drawing, chart);
  const bottom = bars.length * row + 6;
  const names = Math.min(
    LONGEST_NAMES,
    Math.max(...bars.map(({ name }) => widthOfWords(name))) + 14,
  );
  const left = wide ? names : 4;
  const right = width - 20;
  const scale = linearScale(endsOf(bars), [left, right - VALUES], wide ? 6 : 3);
  const floor = scale.ticks[0] ?? 0;
  const drawn = bars.map(({ name, kind, from, to, text }, index) => {
    const y = index * row + (wide ? 5 : 21);
    const [start, end] = [
      scale.at(Math.max(Math.min(from, to), floor)),
      scale.at(Math.max(from, to)),
    ];
    const label = wide
      ? words(name, { x: left - 10, y: y + 13, 'text-anchor': 'end', class: 'name' }, left - 10)
      : words(name, { x: left, y: y - 6, class: 'name' }, width - 20);
    const bar = element('rect', {
      class: kind,
      'data-t': `${name}: ${text}`,
      ...{ x: start, y, width: Math.max(1, end - start), height: BAR, rx: 2 },
    });
    const joint =
      index === bars.length - 1 || !wide
        ? ''
        : element('line', {
            class: 'joint',
            ...{ x1: scale.at(to), x2: scale.at(to), y1: y + BAR, y2: y + row },
          });
    return label + bar + joint + words(text, { x: end + 6, y: y + 13, class: 'muted' });
  });
  const axis = bottomAxis(scale, { top: 0, bottom, right, unit: chart.unit, name: chart.axis });
  return { height: bottom + 42, body: axis + drawn.join('') };
}

function barsOf({ from, changes, to }: Waterfall, { unit }: Chart): Bar[] {
  const whole = ({ name, value, series }: Waterfall['from']): Bar => ({
    name,
    kind: `whole s${series % 7}`,
    from: 0,
    to: value,
    text: valueText(value, unit),
  });
  let at = from.value;
  const between = changes.map(({ name, value }): Bar => {
    const begins = at;
    at += value;
    const text = signed(value, (change) => valueText(change, unit));
    return { name, kind: value < 0 ? 'better' : 'worse', from: begins, to: at, text };
  });
  return [whole(from), ...between, whole(to)];
}

/** From zero, unless the changes would be too small to see. */
function endsOf(bars: readonly Bar[]): [number, number] {
  const ends = bars.flatMap(({ from, to }) => (from === 0 ? [to] : [from, to]));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  return most - least > 0.4 * most ? [0, most] : [least - 0.5 * (most - least), most];
}
