import { timeParts } from '../../result/attribution.ts';
import type { Result } from '../../result/schema.ts';
import { DASH, formatDuration, plainMs, signed } from '../text/figures.ts';
import { partLabels } from '../text/time-labels.ts';
import type { Cell } from './block.ts';
import { type Featured, featuredOf } from './featured.ts';
import { claimedDifferences } from './verdict.ts';

/** A part of a workflow's time on both sides of a difference: means in µs. */
interface PartChange {
  label: string;
  baseUs: number;
  candidateUs: number;
  changeUs: number;
}

/** A difference by its parts, largest first, and the whole that they add up to. */
export interface Difference extends Featured {
  parts: PartChange[];
  whole: PartChange;
}

/** A part that changed by less than this share of the largest change is put together with others of its kind. */
const SHOWN_SHARE = 0.05;

const OTHER = 'other changes';

/** A difference is told by its largest parts, until these make up so much of it. */
const MOST = 0.8;

/** The difference between the featured transports, part by part; undefined where none is claimed or nothing is known of it. */
export function differenceOf(result: Result): Difference | undefined {
  const featured = featuredOf(result.run.options.transports);
  const claimed = claimedDifferences(result).some(
    ({ base, candidate }) => base === featured?.base && candidate === featured.candidate,
  );
  if (featured === undefined || !claimed) return undefined;
  const base = result.attribution?.arms[featured.base];
  const candidate = result.attribution?.arms[featured.candidate];
  if (base === undefined || candidate === undefined) return undefined;
  const changes = timeParts.map((part) =>
    changeOf(partLabels[part], base.parts[part] ?? 0, candidate.parts[part] ?? 0),
  );
  return {
    ...featured,
    parts: largestFirst(changes),
    whole: changeOf('workflow', base.e2eUs, candidate.e2eUs),
  };
}

/** The heading above the parts of a difference. */
export function differenceTitle({ base, candidate }: Difference): string {
  return `Where the time went: ${candidate} against ${base}`;
}

/** A row for each part that differs and one for the whole; the bars are to one scale. */
export function differenceGrid({ base, candidate, parts, whole }: Difference): Cell[][] {
  const largestUs = Math.max(...parts.map(({ changeUs }) => Math.abs(changeUs)));
  const row = ({ label, baseUs, candidateUs, changeUs }: PartChange, bar?: number): Cell[] => [
    { text: label },
    { text: baseUs === 0 ? DASH : plainMs(baseUs) },
    { text: candidateUs === 0 ? DASH : plainMs(candidateUs) },
    { text: signed(changeUs, plainMs), ...(bar !== undefined && { bar }) },
  ];
  return [
    [
      { text: 'mean in ms' },
      ...[base, candidate].map((text) => ({ text, flush: 'right' as const })),
      { text: 'change' },
    ],
    ...parts.map((part) => row(part, Math.abs(part.changeUs) / largestUs)),
    row(whole),
  ];
}

/** The parts that make up most of a difference, three at most, in words; none where no part goes its way. */
export function mostlyOf({ parts, whole }: Difference): string[] {
  const told: string[] = [];
  let leftUs = MOST * whole.changeUs;
  for (const { label, changeUs } of parts) {
    if (told.length === 3 || leftUs * whole.changeUs <= 0) break;
    if (label === OTHER || changeUs * whole.changeUs <= 0) continue;
    told.push(`${label} ${signed(changeUs, formatDuration)}`);
    leftUs -= changeUs;
  }
  if (told.length === 0) return [];
  const all = signed(whole.changeUs, formatDuration);
  return [`Mostly ${told.join(', ')} (of ${all}, by means).`];
}

function largestFirst(changes: readonly PartChange[]): PartChange[] {
  const sizeOf = ({ changeUs }: PartChange): number => Math.abs(changeUs);
  const changed = changes.filter((each) => sizeOf(each) > 0).sort((a, b) => sizeOf(b) - sizeOf(a));
  const least = SHOWN_SHARE * Math.max(...changed.map(sizeOf));
  const rest = changed.filter((each) => sizeOf(each) < least);
  const sum = (us: (each: PartChange) => number): number =>
    rest.reduce((total, each) => total + us(each), 0);
  const other = changeOf(
    OTHER,
    sum(({ baseUs }) => baseUs),
    sum(({ candidateUs }) => candidateUs),
  );
  return [...changed.filter((each) => sizeOf(each) >= least), ...(rest.length > 0 ? [other] : [])];
}

function changeOf(label: string, baseUs: number, candidateUs: number): PartChange {
  return { label, baseUs, candidateUs, changeUs: candidateUs - baseUs };
}
