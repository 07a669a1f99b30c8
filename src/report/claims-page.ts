import { assumedShare, type ClaimCell, type ClaimFacts, changeAt } from '../estimate/claims.ts';
import type { Cell, Fact, Grid, Page, Section } from './blocks/block.ts';
import { placeText } from './blocks/claims/figures.ts';
import { type ClaimRow, claimRows } from './blocks/claims/rows.ts';
import { DASH, formatChange, formatChangeRange, formatCount } from './text/figures.ts';

/** The page of what is claimed, each claim beside our figures and with a verdict in words. */
export function claimsPage(facts: ClaimFacts): Page {
  const { cores, cpuModel, node, platform } = facts.environment;
  const measured = facts.cells.filter((cell) => cell.measured !== undefined).length;
  return [
    [
      {
        kind: 'heading',
        level: 1,
        text: 'What is said of WebSocket mode, and what the bundled mock over an emulated link shows',
      },
    ],
    [
      {
        kind: 'note',
        text: `${measured} of ${facts.cells.length} places were measured, on ${formatCount(cores, 'core')} (${cpuModel}), Node ${node}, ${platform}, most of them in 6 rounds, 6 at a time: below the change of the whole workflow stands its 95 % interval. What begins with ~ is estimated. Assumed: the share of the gain that rests on times of the server which nobody published.`,
      },
    ],
    ...claimRows.map((row) => sectionOf(row, facts)),
  ];
}

function sectionOf({ claim, source, conditions, ...row }: ClaimRow, facts: ClaimFacts): Section {
  const cells = row.cells?.(facts) ?? [];
  const lists: Fact[] = [
    { label: 'said by', lines: [source] },
    { label: 'looked at', lines: [conditions] },
    { label: 'found', lines: row.figures?.(facts) ?? [] },
    { label: 'takes', lines: row.required?.(facts) ?? [] },
  ];
  return [
    { kind: 'heading', level: 2, text: claim },
    ...(cells.length === 0 ? [] : [{ kind: 'grid', grid: gridOf(cells) } as const]),
    {
      kind: 'facts',
      facts: lists.filter(({ lines }) => lines.length > 0),
      foot: row.verdict(facts),
    },
  ];
}

function gridOf(cells: readonly ClaimCell[]): Grid {
  const bases = [...new Set(cells.flatMap(({ estimate }) => basesOf(estimate)))];
  return [
    [{ text: 'ws' }, ...bases.flatMap((base) => [{ text: `vs ${base}` }, { text: 'assumed' }])],
    ...cells.map((cell) => [
      { text: placeText(cell.place) },
      ...bases.flatMap((base) => changeCells(cell, base)),
    ]),
  ];
}

function basesOf({ changes }: ClaimCell['estimate']): string[] {
  return changes.filter(({ candidate }) => candidate === 'ws').map(({ base }) => base);
}

function changeCells(cell: ClaimCell, base: string): [Cell, Cell] {
  const { changePercent, interval, source } = changeAt(cell, base);
  const share = assumedShare(cell, base);
  return [
    {
      text: `${source === 'estimated' ? '~' : ''}${formatChange(changePercent)}`,
      ...(interval && { detail: formatChangeRange(interval.lower, interval.upper) }),
    },
    { text: share === null ? DASH : `${(100 * share).toFixed(0)} %` },
  ];
}
