import type { Chart } from '../../blocks/chart.ts';
import { drawDots } from './dots.ts';
import type { DrawnTwice } from './drawn.ts';
import { drawLanes } from './lanes.ts';
import { drawLines } from './lines.ts';
import { element, escaped } from './markup.ts';
import { tableMarkup } from './table.ts';
import { drawWaterfall } from './waterfall.ts';

/** Every drawing is made for a screen and for a phone: letters are as large on both. */
const widths = { wide: 860, narrow: 350 } as const;

/** A chart with its title, its legend and, folded away, the figures behind it. */
export function figureMarkup(chart: Chart, id: string): string {
  const forms = Object.entries(widths).map(([name, width]) =>
    svgMarkup(chart, drawingOf(chart, width), { id: `${id}-${name}`, name, width }),
  );
  const logarithmic = chart.drawing.shape === 'lines' && chart.drawing.ratio;
  return element(
    'figure',
    { 'aria-labelledby': `${id}-title`, ...(logarithmic && { 'data-log': '' }) },
    element('figcaption', { id: `${id}-title` }, escaped(chart.title)),
    element('p', { class: 'note' }, escaped(chart.description, 1200)),
    legendOf(chart),
    ...forms,
    element(
      'details',
      {},
      element('summary', {}, 'Figures'),
      tableMarkup(chart.grid, `${chart.title}: figures`),
    ),
  );
}

function drawingOf(chart: Chart, width: number): DrawnTwice {
  const { drawing } = chart;
  switch (drawing.shape) {
    case 'dots':
      return drawDots(drawing, chart, width);
    case 'waterfall':
      return drawWaterfall(drawing, chart, width);
    case 'lines':
      return drawLines(drawing, chart, width);
    case 'lanes':
      return drawLanes(drawing, chart, width);
  }
}

function svgMarkup(
  { title, description }: Chart,
  { body, height, logarithmic }: DrawnTwice,
  { id, name, width }: { id: string; name: string; width: number },
): string {
  return element(
    'svg',
    {
      class: name,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
      role: 'img',
      'aria-labelledby': `${id}-t ${id}-d`,
    },
    element('title', { id: `${id}-t` }, escaped(title)),
    element('desc', { id: `${id}-d` }, escaped(description, 1200)),
    logarithmic === undefined ? body : element('g', { class: 'linear' }, body),
    logarithmic === undefined ? '' : element('g', { class: 'logarithmic' }, logarithmic),
  );
}

/** What each colour stands for, where the drawing itself doesn't say it. */
function legendOf({ drawing }: Chart): string {
  const items =
    drawing.shape === 'lines'
      ? drawing.series.map(({ name, series }) => ({ name, colour: `s${series % 7}`, key: series }))
      : drawing.shape === 'lanes'
        ? drawing.kinds.map(({ name, kind }) => ({ name, colour: `k${kind}`, key: undefined }))
        : drawing.shape === 'dots' && drawing.reference === undefined
          ? drawing.rows.map(({ name, series }) => ({
              name,
              colour: `s${series % 7}`,
              key: series,
            }))
          : [];
  if (items.length === 0) return '';
  return element(
    'ul',
    { class: 'legend' },
    ...items.map(({ name, colour, key }) =>
      element('li', { 'data-for': key }, element('i', { class: colour }), escaped(name, 60)),
    ),
  );
}
