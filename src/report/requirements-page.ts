import type { Requirement, Unknown } from '../estimate/requirements.ts';
import type { Grid, Section } from './blocks/block.ts';

/** What would have to be true: a grid for each base, a row for each unknown, solved for by itself. */
export function requirementsSection(found: readonly Requirement[], target: number): Section {
  if (found.length === 0) return [];
  const percent = Number((100 * target).toPrecision(3));
  const pairs = new Set(found.map(pairOf));
  return [
    ...[...pairs].flatMap(
      (pair): Section => [
        {
          kind: 'heading',
          level: 2,
          text: `What would have to be true for ${pair} to be ${percent} % faster`,
        },
        { kind: 'grid', grid: gridOf(found.filter((each) => pairOf(each) === pair)) },
      ],
    ),
    {
      kind: 'note',
      text: `Each by itself, with everything else as it is; looked for ${searchedText(found)}. Spared per call: server work that a call of the base has and one of the candidate hasn’t. Model speed: tokens after the first.`,
    },
  ];
}

function pairOf({ base, candidate }: Requirement): string {
  return `${candidate} against ${base}`;
}

const labels: Readonly<Record<Unknown, { text: string; unit: string }>> = {
  sparedPerCallMs: { text: 'server work spared per call', unit: ' ms' },
  roundTripMs: { text: 'round trip', unit: ' ms' },
  calls: { text: 'number of calls', unit: ' calls' },
  tokensPerSecond: { text: 'model speed', unit: ' tokens/s' },
};

function gridOf(found: readonly Requirement[]): Grid {
  return [
    ['', 'now', 'would have to be'].map((text) => ({ text })),
    ...found.map(({ unknown, now, ...rest }) => [
      { text: labels[unknown].text },
      { text: now === null ? 'no limit' : amount(now, unknown) },
      { text: neededText({ unknown, ...rest }) },
    ]),
  ];
}

function neededText({ unknown, found, range }: Pick<Requirement, 'unknown' | 'found' | 'range'>) {
  if (found.value === null) return `not by this alone: ${(100 * found.best).toFixed(1)} % at most`;
  if (range !== null && found.value <= range.least) return 'whatever it is';
  return `at least ${amount(found.value, unknown)}`;
}

function searchedText(found: readonly Requirement[]): string {
  const searched = new Map(found.map(({ unknown, range }) => [unknown, range]));
  return [...searched]
    .flatMap(([unknown, range]) => (range === null ? [] : [`up to ${amount(range.most, unknown)}`]))
    .join(', ');
}

function amount(value: number, unknown: Unknown): string {
  const rounded = value < 10 ? Number(value.toPrecision(2)) : Math.round(value);
  return `${rounded.toLocaleString('en-US')}${labels[unknown].unit}`;
}
