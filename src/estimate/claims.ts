import type { Environment } from '../result/schema.ts';
import type { Estimate } from './estimate.ts';
import type { PointChange } from './points.ts';
import type { Requirement } from './requirements.ts';

/** The place where a claim is looked at. */
export interface CellPlace {
  scenario: string;
  profile: string;
  rttMs: number;
  /** Undefined: as many as the scenario has. */
  steps?: number;
  /** The first is the base. @default http, http-keepalive, ws */
  transports?: readonly string[];
}

/** What is known there. */
export interface ClaimCell {
  place: CellPlace;
  estimate: Estimate;
  /** Undefined where it was not measured. */
  measured: readonly PointChange[] | undefined;
}

/** All that the claims are judged by. */
export interface ClaimFacts {
  cells: readonly ClaimCell[];
  /** What would have to be true for `target`, at one of the cells. */
  required: readonly { place: CellPlace; target: number; found: readonly Requirement[] }[];
  /** Where it was measured. */
  environment: Environment;
}

/** The first cell whose place has these values. */
export function cellAt(
  { cells }: ClaimFacts,
  place: { readonly [Key in keyof CellPlace]?: CellPlace[Key] | undefined },
): ClaimCell {
  const cell = cells.find((each) =>
    Object.entries(place).every(
      ([key, value]) => String(each.place[key as keyof CellPlace]) === String(value),
    ),
  );
  if (cell === undefined) throw new Error(`no claim looks at ${JSON.stringify(place)}`);
  return cell;
}

/** A change there: as it was measured, else as it was estimated. */
export function changeAt(
  { estimate, measured }: ClaimCell,
  base: string,
  candidate = 'ws',
): PointChange {
  const isIt = (change: { base: string; candidate: string }): boolean =>
    change.base === base && change.candidate === candidate;
  const found = measured?.find(isIt);
  if (found !== undefined) return found;
  const reckoned = estimate.changes.find(isIt);
  if (reckoned === undefined) throw new Error(`no claim compares ${candidate} with ${base}`);
  return { ...reckoned, interval: null, source: 'estimated' };
}

/**
 * The share of a gain that rests on stages of the server whose times nobody published: 0.2 is a fifth. Null where nothing is gained.
 */
export function assumedShare(
  { estimate }: ClaimCell,
  base: string,
  candidate = 'ws',
): number | null {
  const { arms, conditions } = estimate;
  const [before, after] = [arms[base], arms[candidate]];
  if (before === undefined || after === undefined || before.e2eUs <= after.e2eUs) return null;
  const assumedUs = stages
    .filter((stage) => conditions.profile[stage]?.source.startsWith('assumed') === true)
    .reduce((sum, stage) => sum + (before.parts[stage] ?? 0) - (after.parts[stage] ?? 0), 0);
  return Math.min(1, Math.max(0, assumedUs) / (before.e2eUs - after.e2eUs));
}

const stages = ['admit', 'route', 'hydrate', 'safety', 'tokenise', 'embed', 'prefill'] as const;
