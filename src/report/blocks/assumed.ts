import { isRecord } from '../../is-record.ts';
import { type TimePart, timeParts } from '../../result/attribution.ts';
import type { Comparison, Result } from '../../result/schema.ts';

/** How much of what was saved is server work that nobody published a time of: a sentence, or none where nothing is. */
export function assumedLines(result: Result, claimed: readonly Comparison[]): string[] {
  const shares = claimed.flatMap(({ base, candidate }) => {
    const share = assumedShare(result, base, candidate) ?? 0;
    return share < 0.005 ? [] : [{ base, percent: (100 * share).toFixed(0) }];
  });
  if (shares.length === 0) return [];
  const told = shares.map(
    ({ base, percent }, index) => `${percent} % ${index === 0 ? 'of the gain ' : ''}on ${base}`,
  );
  return [`Assumed server times make up ${told.join(', ')}.`];
}

/**
 * The share of what the candidate saved, by means, that lies in stages whose time the mock's profile says is assumed; undefined where
 * nothing was saved or nothing is known of it.
 */
function assumedShare(
  { attribution, run }: Result,
  base: string,
  candidate: string,
): number | undefined {
  const { profile } = run.endpoint;
  const [before, after] = [attribution?.arms[base], attribution?.arms[candidate]];
  if (profile === null || before === undefined || after === undefined) return undefined;
  const savedUs = before.e2eUs - after.e2eUs;
  if (savedUs <= 0) return undefined;
  const isAssumed = (part: TimePart): boolean => {
    const stage: unknown = profile[part];
    return isRecord(stage) && String(stage['source']).startsWith('assumed');
  };
  const assumedUs = timeParts
    .filter(isAssumed)
    .reduce((sum, part) => sum + (before.parts[part] ?? 0) - (after.parts[part] ?? 0), 0);
  return Math.min(1, Math.max(0, assumedUs) / savedUs);
}
