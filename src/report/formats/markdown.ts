import type { Result } from '../../result/schema.ts';
import {
  attributionGrid,
  attributionLines,
  attributionNote,
  attributionTitle,
} from '../blocks/attribution.ts';
import { conditionsOf, conditionsTitle, measuredOn } from '../blocks/conditions.ts';
import { headlines } from '../blocks/headline.ts';
import { type Cell, overviewGrid, overviewNote } from '../blocks/overview.ts';
import { recoveryGrid, recoveryLines, recoveryNote, recoveryTitle } from '../blocks/recovery.ts';
import { verdictLines } from '../blocks/verdict.ts';

/** The comparison for a pull request or an issue: GitHub-flavoured Markdown. */
export function markdownReport(result: Result): string {
  const { incomplete, title } = headlines(result);
  const recovery = recoveryGrid(result);
  const { attribution } = result;
  const blocks = [
    [`### ${escaped(title)}`],
    incomplete === undefined ? [] : [`**${escaped(incomplete)}**`],
    markdownGrid(overviewGrid(result)),
    [escaped(overviewNote)],
    verdictLines(result).map((line) => `**${escaped(line)}**`),
    ...(recovery.length === 0
      ? []
      : [
          [`#### ${recoveryTitle}`],
          markdownGrid(recovery),
          [escaped(recoveryNote)],
          recoveryLines(result).map((line) => `- ${escaped(line)}`),
        ]),
    ...(attribution === null
      ? []
      : [
          [`#### ${attributionTitle}`],
          markdownGrid(attributionGrid(result)),
          [escaped(attributionNote(attribution))],
          attributionLines(attribution).map((line) => `- ${escaped(line)}`),
        ]),
    result.warnings.map(({ message }) => `- ⚠ ${escaped(message)}`),
    [
      escaped(conditionsTitle(result)),
      '',
      ...conditionsOf(result).map(
        ({ label, lines }) => `- ${label}: ${lines.map(escaped).join('; ')}`,
      ),
      `- ${escaped(measuredOn(result))}`,
    ],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

export function markdownGrid([head = [], ...rows]: readonly Cell[][]): string[] {
  return [tableRow(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(tableRow)];
}

function tableRow(cells: readonly Cell[]): string {
  const texts = cells.map(({ text, detail }) =>
    [text, detail]
      .filter((part) => part !== undefined)
      .map(escaped)
      .join('<br>'),
  );
  return `| ${texts.join(' | ')} |`;
}

/** Text as text: no cell may end a column, a line or a paragraph, or become a link, emphasis or HTML. */
export function escaped(text: string): string {
  return text.replace(/[\\|`*_[\]<>]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}
