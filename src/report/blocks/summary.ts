import { processedShareOf, sentShareOf } from '../../result/query.ts';
import type { Comparison, Result } from '../../result/schema.ts';
import { formatChange, formatCount, formatShare } from '../text/figures.ts';
import { assumedLines } from './assumed.ts';
import { briefConditions, stopLines } from './conditions.ts';
import { differenceOf, mostlyOf } from './difference.ts';
import { featuredOf } from './featured.ts';
import {
  caveats,
  claimedDifferences,
  controlLines,
  pairNoun,
  verdictLines,
  verdictOf,
} from './verdict.ts';

/** The heading above what a reader takes home. */
export const summaryTitle = 'Summary';

/** What a run says in a few sentences: the answer, and what stands behind it. */
export interface Summary {
  /** What must not be overlooked, and the featured transport against every base: a sentence each. */
  answer: string[];
  /** How the other transports did, what the difference mostly was, what was simulated. */
  behind: string[];
}

/** The summary of a result; it claims no more than the intervals do. */
export function summaryOf(result: Result): Summary {
  const compared = result.comparisons.filter(({ metric }) => metric === 'workflow_e2e');
  const featured = compared.filter(
    ({ candidate }) => candidate === featuredOf(result.run.options.transports)?.candidate,
  );
  const others = compared.filter((each) => !featured.includes(each));
  const difference = differenceOf(result);
  const answer =
    featured.length === 0
      ? verdictLines(result)
      : [...caveats(result), ...featured.map((each) => verdictOf(result, each))];
  return {
    answer,
    behind: [
      ...othersLines(result, others),
      ...(difference === undefined ? [] : mostlyOf(difference)),
      ...assumedLines(
        result,
        claimedDifferences(result).filter((each) => featured.includes(each)),
      ),
      ...tokenLines(result, featured),
      ...(featured.length === 0 ? [] : controlLines(result)),
      ...stopLines(result),
      briefConditions(result),
    ],
  };
}

/** What of the prompts travelled and what of them the server worked on anew, over the featured transport and its bases. */
function tokenLines({ transports }: Result, featured: readonly Comparison[]): string[] {
  const names = [
    ...featured.map(({ base }) => base),
    ...featured.map(({ candidate }) => candidate),
  ];
  const shares = [...new Set(names)].flatMap((name) => {
    const counters = transports[name]?.counters;
    const sent = counters ? sentShareOf(counters) : null;
    if (counters === undefined || sent === null) return [];
    return [{ name, sent, processed: processedShareOf(counters) }];
  });
  if (shares.length === 0) return [];
  const declared = shares.some(({ processed }) => processed !== null);
  const told = shares.map(({ name, sent, processed }) =>
    [`${name} ${formatShare(sent)}`, ...(declared ? [formatShare(processed)] : [])].join(' / '),
  );
  return [`Prompt tokens sent${declared ? ' / processed anew' : ''}: ${told.join(', ')}.`];
}

/** The transports beside the featured one, a line for each base: those that differ, then those of which nothing is claimed. */
function othersLines(result: Result, others: readonly Comparison[]): string[] {
  const claimed = claimedDifferences(result);
  const bases = [...new Set(others.map(({ base }) => base))];
  return bases.map((name) => {
    const against = others.filter(({ base }) => base === name);
    const isClaimed = (each: Comparison): boolean => claimed.includes(each);
    const differing = against
      .filter(isClaimed)
      .map(({ candidate, changePercent }) => `${candidate} ${formatChange(changePercent ?? 0)}`);
    const alike = against.filter((each) => !isClaimed(each)).map(({ candidate }) => candidate);
    const rounds = formatCount(Math.max(...against.map(({ pairs }) => pairs)), pairNoun(result));
    const parts = [
      ...(differing.length === 0 ? [] : [differing.join(', ')]),
      ...(alike.length === 0 ? [] : [`no difference that ${rounds} can tell: ${alike.join(', ')}`]),
    ];
    return `Others against ${name}: ${parts.join('; ')}.`;
  });
}
