import { Chalk, type ChalkInstance } from 'chalk';
import type { Block, Page } from '../blocks/block.ts';
import { asciiOf } from '../text/ascii.ts';
import { wrap } from '../text/wrap.ts';
import { fittingGrid } from './grid.ts';
import type { ReportOptions } from './options.ts';

const DEFAULT_WIDTH = 100;
const LABEL_WIDTH = 13;

/** A page for a terminal. */
export function tableText(page: Page, options: ReportOptions = {}): string {
  const width = options.width ?? DEFAULT_WIDTH;
  const paint = new Chalk({ level: options.color === true ? 1 : 0 });
  const sections = page
    .map((section) => section.flatMap((block) => terminalLines(block, width, paint)))
    .filter((lines) => lines.length > 0);
  const text = `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return options.ascii === true ? asciiOf(text) : text;
}

function terminalLines(block: Block, width: number, paint: ChalkInstance): string[] {
  switch (block.kind) {
    case 'heading':
      return headingLines(block, width, paint);
    case 'text':
      return textLines(block, width, paint);
    case 'grid':
      return [fittingGrid(block, width, paint)];
    case 'list':
      return listLines(block, width, paint);
    case 'facts':
      return [
        ...block.facts.flatMap((fact) => factLines(fact, width)),
        '',
        ...wrap(block.foot, width, 2),
      ];
    case 'chart':
      return [paint.bold(block.chart.title), fittingGrid({ grid: block.chart.grid }, width, paint)];
    case 'note':
      return wrap(block.text, width).map((line) => paint.dim(line));
  }
}

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

function headingLines(
  { level, text, incomplete }: BlockOf<'heading'>,
  width: number,
  paint: ChalkInstance,
): string[] {
  if (level > 1) return [paint.bold(text)];
  return [...(incomplete === undefined ? [] : [paint.bold.red(incomplete)]), ...wrap(text, width)];
}

function textLines(
  { lines, style }: BlockOf<'text'>,
  width: number,
  paint: ChalkInstance,
): string[] {
  if (style === 'path') return [...lines];
  const wrapped = lines.flatMap((line) => wrap(line, width));
  return style === 'strong' ? wrapped.map((line) => paint.bold(line)) : wrapped;
}

function listLines(
  { items, tone }: BlockOf<'list'>,
  width: number,
  paint: ChalkInstance,
): string[] {
  const mark = tone === 'warning' ? 'warning: ' : '';
  const lines = items.flatMap((item) => wrap(mark + item, width, 2));
  if (tone === 'plain') return lines;
  return lines.map((line) => (tone === 'warning' ? paint.yellow(line) : paint.red(line)));
}

function factLines({ label, lines }: BlockOf<'facts'>['facts'][number], width: number): string[] {
  return lines
    .flatMap((text) => wrap(text, width - LABEL_WIDTH))
    .map((line, position) => `  ${position === 0 ? label : ''}`.padEnd(LABEL_WIDTH) + line);
}
