import type { Unit } from '../../blocks/chart.ts';
import { element, escaped } from './markup.ts';
import { type Scale, tickText } from './scale.ts';

/** So near to an edge, words would be cut off if they stood in the middle. */
const EDGE = 24;

/** An axis of values from left to right, with a line up to the top at every tick and its name at the end. */
export function bottomAxis(
  scale: Scale,
  {
    top,
    bottom,
    right,
    unit,
    name,
  }: { top: number; bottom: number; right: number; unit: Unit; name: string },
): string {
  const ticks = scale.ticks.map((tick) => {
    const x = scale.at(tick);
    return (
      element('line', { class: 'tick', x1: x, x2: x, y1: top, y2: bottom }) +
      words(tickText(tick, unit), {
        ...{ x, y: bottom + 16 },
        'text-anchor': x < EDGE ? 'start' : x > right - EDGE ? 'end' : 'middle',
        class: 'muted',
      })
    );
  });
  const [begin = 0] = scale.ticks;
  const from = begin > 0 ? `; the axis begins at ${tickText(begin, unit)}` : '';
  const title = words(name + from, {
    x: right,
    y: bottom + 34,
    'text-anchor': 'end',
    class: 'muted',
  });
  return ticks.join('') + title;
}

/** An axis of values from bottom to top, with a line across at every tick. */
export function leftAxis(
  scale: Scale,
  { left, right, unit }: { left: number; right: number; unit: Unit },
): string {
  return scale.ticks
    .map((tick) => {
      const y = scale.at(tick);
      return (
        element('line', {
          class: tick === 0 ? 'zero' : 'tick',
          x1: left,
          x2: right,
          y1: y,
          y2: y,
        }) +
        words(tickText(tick, unit), { x: left - 6, y: y + 4, 'text-anchor': 'end', class: 'muted' })
      );
    })
    .join('');
}

/** Words in a drawing, cut where they would be longer than the place they have. */
export function words(
  text: string,
  attributes: Readonly<Record<string, string | number>>,
  room = Infinity,
): string {
  return element('text', attributes, escaped(fitted(text, room)));
}

/** The width of drawn words, about. */
export function widthOfWords(text: string): number {
  return text.length * LETTER_PX;
}

/** Drawn letters are about so wide. */
const LETTER_PX = 6.6;

function fitted(text: string, room: number): string {
  const letters = Math.floor(Math.min(room / LETTER_PX, 120));
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}
