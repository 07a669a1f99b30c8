import type { Chart, Lanes } from '../../blocks/chart.ts';
import { bottomAxis, words } from './axis.ts';
import type { Drawn } from './drawn.ts';
import { element } from './markup.ts';
import { linearScale } from './scale.ts';

const LANE = 46;
const BAR = 20;

/** A bar of this width can just be seen. */
const VISIBLE_PX = 0.4;

/** So many bars keep a page small; of more, the short ones are gathered until about so few are left. */
const MOST_BARS = 1200;
const GATHERED_BARS = 500;

type Span = Lanes['lanes'][number]['spans'][number];

/** Spans of time, a lane below the other. */
export function drawLanes({ lanes }: Lanes, chart: Chart, width: number): Drawn {
  const right = width - 20;
  const bottom = lanes.length * LANE + 6;
  const most = Math.max(...lanes.map(({ spans }) => spans.at(-1)?.to ?? 0));
  const scale = linearScale([0, most], [4, right], width > 500 ? 8 : 4);
  const all = lanes.reduce((sum, { spans }) => sum + spans.length, 0);
  const narrowest =
    all <= MOST_BARS ? VISIBLE_PX : Math.max(VISIBLE_PX, (lanes.length * right) / GATHERED_BARS);
  const drawn = lanes.map(({ name, spans }, index) => {
    const y = index * LANE + 20;
    const bars = gathered(spans, (from, to) => scale.at(to) - scale.at(from) >= narrowest).map(
      ({ kind, from, to, text }) =>
        element('rect', {
          class: `k${kind}`,
          'data-t': `${name}, ${text}`,
          ...{ x: scale.at(from), y, width: scale.at(to) - scale.at(from), height: BAR },
        }),
    );
    return words(name, { x: 4, y: y - 6, class: 'name' }, right) + bars.join('');
  });
  const axis = bottomAxis(scale, { top: 0, bottom, right, unit: chart.unit, name: chart.axis });
  return { height: bottom + 42, body: axis + drawn.join('') };
}

/** Spans too short to be seen become one with those before them, which shows as the longest of these. */
function gathered(
  spans: readonly Span[],
  isVisible: (from: number, to: number) => boolean,
): Span[] {
  const groups: Span[][] = [];
  for (const span of spans) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    if (group && first && !isVisible(first.from, group.at(-1)?.to ?? first.from)) group.push(span);
    else groups.push([span]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    const [longest] = [...group].sort((a, b) => b.to - b.from - (a.to - a.from));
    if (!first || !last || !longest) return [];
    return [{ kind: longest.kind, from: first.from, to: last.to, text: longest.text }];
  });
}
