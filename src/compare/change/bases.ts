import { workflowsOf } from '../../result/query.ts';
import type { RoundRecord } from '../../result/record.ts';
import { nearestRank } from '../../stats/percentile.ts';
import { endedE2eUs } from './adjusted.ts';

/** HTTP that sends the whole conversation with every call: over connections that are kept, and over new ones. */
const keptHttp: readonly string[] = ['http-keepalive', 'http-pooled', 'http2'];
const wholeHttp: readonly string[] = ['http', ...keptHttp];

/** Two transports of a run, the second held against the first. */
export type ComparedPair = readonly [base: string, candidate: string];

/**
 * The transports that are compared: each with the base, which is the first of the list, and what isn't HTTP as everybody
 * speaks it also with the best HTTP that keeps its connections. Against a client that dials for every call alone, anything
 * looks fast.
 */
export function comparedPairs(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): ComparedPair[] {
  const [base, ...candidates] = transports;
  if (base === undefined) return [];
  const kept = bestKeptHttp(transports, rounds);
  return [
    ...candidates.map((candidate) => [base, candidate] as const),
    ...(kept === undefined || kept === base
      ? []
      : candidates
          .filter((candidate) => !wholeHttp.includes(candidate))
          .map((candidate) => [kept, candidate] as const)),
  ];
}

/**
 * The HTTP of a run that keeps its connections and has the lowest median, a failed workflow counted as longer than any;
 * the earlier one where two are alike. Undefined if none ran.
 */
export function bestKeptHttp(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): string | undefined {
  const medianUs = (name: string): number =>
    nearestRank(endedE2eUs(workflowsOf(name, rounds)), 50) ?? Infinity;
  const [best] = transports
    .filter((name) => keptHttp.includes(name))
    .map((name) => ({ name, us: medianUs(name) }))
    .sort((a, b) => (a.us === b.us ? 0 : a.us - b.us));
  return best?.name;
}
