import { createHash } from 'node:crypto';
import type { Block, Page, Section } from '../../blocks/block.ts';
import { figureMarkup } from './figure.ts';
import { element, escaped } from './markup.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { tableMarkup } from './table.ts';

/** More items than this nobody reads. */
const SHOWN_ITEMS = 60;
/** A paragraph may be longer than a name. */
const PARAGRAPH = 1200;

/**
 * A page as one file that asks nobody for anything: drawn when it is made, readable without JavaScript, and shut by its
 * Content-Security-Policy against everything but its own style and script.
 */
export function htmlText(page: Page): string {
  const sections = page.filter((section) => section.length > 0);
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escaped(titleOf(page), 120)}</title>
<style>${style}</style>
</head>
<body>
<main>
${sections.map(sectionMarkup).join('\n')}
</main>
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function titleOf(page: Page): string {
  const heading = page.flat().find((block) => block.kind === 'heading');
  return heading?.kind === 'heading' ? heading.text : 'agent-latency-bench';
}

function sectionMarkup(section: Section, index: number): string {
  const inside = section.map((block, place) => blockMarkup(block, `b${index}-${place}`));
  return element('section', {}, ...inside);
}

function blockMarkup(block: Block, id: string): string {
  switch (block.kind) {
    case 'heading':
      return headingMarkup(block);
    case 'text':
      return block.lines
        .map((line) =>
          block.style === 'path'
            ? element('pre', { tabindex: 0 }, element('code', {}, escaped(line, PARAGRAPH)))
            : element('p', { class: block.style }, escaped(line, PARAGRAPH)),
        )
        .join('');
    case 'grid':
      return block.folded === undefined
        ? tableMarkup(block.grid, `Table ${id.slice(1)}`)
        : element(
            'details',
            {},
            element('summary', {}, escaped(block.folded)),
            tableMarkup(block.grid, block.folded),
          );
    case 'list':
      return listMarkup(block);
    case 'facts':
      return factsMarkup(block);
    case 'note':
      return element('p', { class: 'note' }, escaped(block.text, PARAGRAPH));
    case 'chart':
      return figureMarkup(block.chart, id);
  }
}

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** Of the first line of a report, the first part is its name. */
function headingMarkup({ level, text, incomplete }: BlockOf<'heading'>): string {
  if (level > 1) return element(`h${level}`, {}, escaped(text));
  const [name = '', ...rest] = text.split(' · ');
  return (
    element('h1', {}, escaped(name, 120)) +
    element('p', { class: 'about' }, escaped(rest.join(' · '), PARAGRAPH)) +
    (incomplete === undefined ? '' : element('p', { class: 'incomplete' }, escaped(incomplete)))
  );
}

function listMarkup({ items, tone }: BlockOf<'list'>): string {
  if (items.length === 0) return '';
  const shown = items
    .slice(0, SHOWN_ITEMS)
    .map((item) => element('li', {}, escaped(item, PARAGRAPH)));
  const left = items.length - SHOWN_ITEMS;
  return element('ul', { class: tone }, ...shown, left > 0 ? `<li>and ${left} more</li>` : '');
}

function factsMarkup({ facts, foot }: BlockOf<'facts'>): string {
  const listed = facts.slice(0, SHOWN_ITEMS).map(
    ({ label, lines }) =>
      element('dt', {}, escaped(label)) +
      lines
        .slice(0, SHOWN_ITEMS)
        .map((line) => element('dd', {}, escaped(line)))
        .join(''),
  );
  return (
    element('dl', {}, ...listed) +
    (foot === '' ? '' : element('p', { class: 'note' }, escaped(foot)))
  );
}
