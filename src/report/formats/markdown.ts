import type { Block, Cell, Grid, Page } from '../blocks/block.ts';

/** A page for a pull request or an issue: GitHub-flavoured Markdown. */
export function markdownText(page: Page): string {
  const paragraphs = page
    .flat()
    .map((block) => markdownLines(block).join('\n'))
    .filter((paragraph) => paragraph !== '');
  return `${paragraphs.join('\n\n')}\n`;
}

function markdownLines(block: Block): string[] {
  switch (block.kind) {
    case 'heading':
      return [
        `${'#'.repeat(block.level + 2)} ${escaped(block.text)}`,
        ...(block.incomplete === undefined ? [] : ['', `**${escaped(block.incomplete)}**`]),
      ];
    case 'text':
      return block.lines.map((line) =>
        block.style === 'strong' ? `**${escaped(line)}**` : escaped(line),
      );
    case 'grid':
      return block.folded === undefined
        ? gridLines(block.grid)
        : foldedLines(block.folded, block.grid);
    case 'chart':
      return foldedLines(block.chart.title, block.chart.grid);
    case 'list':
      return block.items.map((item) => `- ${block.tone === 'warning' ? '⚠ ' : ''}${escaped(item)}`);
    case 'facts':
      return [
        ...block.facts.map(({ label, lines }) => `- ${label}: ${lines.map(escaped).join('; ')}`),
        `- ${escaped(block.foot)}`,
      ];
    case 'note':
      return [escaped(block.text)];
  }
}

function foldedLines(title: string, grid: Grid): string[] {
  return [
    `<details><summary>${escaped(title)}</summary>`,
    '',
    ...gridLines(grid),
    '',
    '</details>',
  ];
}

function gridLines([head = [], ...rows]: Grid): string[] {
  return [gridRow(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(gridRow)];
}

function gridRow(cells: readonly Cell[]): string {
  const texts = cells.map(({ text, detail }) =>
    [text, detail]
      .filter((part) => part !== undefined)
      .map(escaped)
      .join('<br>'),
  );
  return `| ${texts.join(' | ')} |`;
}

/** Text as text: no cell may end a column, a line or a paragraph, or become a link, emphasis or HTML. */
function escaped(text: string): string {
  return text.replace(/[\\|`*_[\]<>]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}
