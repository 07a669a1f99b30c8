import type { Cell, Grid } from '../../blocks/block.ts';
import { element, escaped } from './markup.ts';

/** More rows than this nobody reads. */
const SHOWN_ROWS = 200;
const BAR = 96;

/** A grid as a table that scrolls sideways where there is no room. */
export function tableMarkup([head = [], ...rows]: Grid, label: string): string {
  const cells = (row: readonly Cell[]): string =>
    row.map((cell, column) => cellMarkup(cell, column, head[column])).join('');
  const left = rows.length - SHOWN_ROWS;
  return element(
    'div',
    { class: 'scroll', role: 'group', tabindex: 0, 'aria-label': label },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...head.map((cell) =>
            cell.text === ''
              ? element('td', {})
              : element('th', { scope: 'col', class: cell.flush }, contentOf(cell)),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.slice(0, SHOWN_ROWS).map((row) => element('tr', {}, cells(row))),
      ),
    ),
    left > 0 ? element('p', { class: 'note' }, `and ${left} more`) : '',
  );
}

function cellMarkup(cell: Cell, column: number, head: Cell | undefined): string {
  const kinds = [cell.tone, head?.flush].filter((kind) => kind !== undefined);
  const attributes = kinds.length === 0 ? {} : { class: kinds.join(' ') };
  return column === 0
    ? element('th', { scope: 'row', ...attributes }, contentOf(cell))
    : element('td', attributes, contentOf(cell));
}

function contentOf({ text, detail, bar }: Cell): string {
  return (
    (bar === undefined ? escaped(text) : element('b', {}, escaped(text)) + barMarkup(bar)) +
    (detail === undefined ? '' : element('small', {}, escaped(detail)))
  );
}

function barMarkup(share: number): string {
  return element(
    'svg',
    { class: 'bar', width: BAR, height: 8, 'aria-hidden': 'true' },
    element('rect', { width: Math.max(0, Math.min(1, share)) * BAR, height: 8, rx: 2 }),
  );
}
