import { workflowsChart } from '../../src/report/charts/workflows.ts';
import { drawDots } from '../../src/report/formats/html/dots.ts';
import { element, escaped } from '../../src/report/formats/html/markup.ts';
import { style } from '../../src/report/formats/html/style.ts';
import type { Result } from '../../src/result/schema.ts';

const width = 860;
const margin = 16;

/**
 * The times of all workflows of a run as an SVG that stands by itself: the drawing of the page, on paper of its own.
 * @throws {Error} if no workflow completed
 */
export function workflowsPicture(result: Result): string {
  const chart = workflowsChart(result);
  if (chart?.drawing.shape !== 'dots') throw new Error('no workflow completed');
  const { body, height } = drawDots(chart.drawing, chart, width);
  const [wide, high] = [width + 2 * margin, Math.ceil(height) + 2 * margin];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `${-margin} ${-margin} ${wide} ${high}`,
      role: 'img',
      'aria-labelledby': 't d',
    },
    element('title', { id: 't' }, escaped(chart.title)),
    element('desc', { id: 'd' }, escaped(chart.description, 1200)),
    `<style>${svgStyle}</style>`,
    element('rect', { class: 'paper', x: -margin, y: -margin, width: wide, height: high }),
    body,
  )}\n`;
}

/** What the page's style says of drawings. */
const svgStyle = `${style
  .split('\n')
  .filter((line) => /^(:root|@media screen|svg text|\.tick|\.dot|\.middle|\.s\d| +--)/.test(line))
  .join('\n')}
.paper { fill: var(--paper) }
`;
