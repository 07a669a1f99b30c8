import { workflowsOf } from '../../result/query.ts';
import type { Result } from '../../result/schema.ts';
import { type EventCount, fisherExactP } from '../../stats/fisher-exact.ts';
import { holm } from '../../stats/holm.ts';
import { sharedTransports } from '../change/results.ts';
import { amount } from './amount.ts';
import { pText } from './p-text.ts';
import type { RegressionCheck } from './report.ts';
import { FAILED } from './thresholds.ts';

const SIGNIFICANT = 0.05;

/**
 * Whether more workflows failed than before, for every transport that both results have and on which the candidate's
 * failed at all: a regression that no time shows.
 */
export function checkFailures(base: Result, candidate: Result): RegressionCheck[] {
  const found = sharedTransports(base, candidate).flatMap((transport) => {
    const [before, after] = [failuresOf(base, transport), failuresOf(candidate, transport)];
    if (after.events === 0 || before.trials === 0) return [];
    return [{ transport, before, after, p: fisherExactP(before, after) }];
  });
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((each, index) => failureCheck(each, adjusted[index] ?? 1));
}

interface Failures {
  transport: string;
  before: EventCount;
  after: EventCount;
  p: number;
}

function failuresOf({ rounds }: Result, transport: string): EventCount {
  const ended = workflowsOf(transport, rounds).filter(({ state }) => state !== 'aborted');
  const failed = ended.filter(({ state }) => state === 'failed');
  return { events: failed.length, trials: ended.length };
}

function failureCheck(
  { transport, before, after, p }: Failures,
  adjustedP: number,
): RegressionCheck {
  const was = before.events / before.trials;
  const is = after.events / after.trials;
  return {
    kind: 'regression',
    transport,
    metric: FAILED,
    level: 'error',
    ...judged(is > was, adjustedP),
    unit: 'share',
    base: was,
    candidate: is,
    samples: { base: before.trials, candidate: after.trials },
    pairs: null,
    test: { name: 'fisher', p },
    adjustedP,
    detectablePercent: null,
    value: is,
    limit: was,
    interval: null,
    message: `${transport}.${FAILED}: ${amount(is, 'share')} of ${after.trials} workflows, ${amount(was, 'share')} of ${before.trials} before (p ${pText(adjustedP)})`,
  };
}

function judged(more: boolean, adjustedP: number): Pick<RegressionCheck, 'verdict' | 'reason'> {
  if (!more) return { verdict: 'pass', reason: 'below_limit' };
  return adjustedP <= SIGNIFICANT
    ? { verdict: 'regression', reason: 'above_limit' }
    : { verdict: 'inconclusive', reason: 'not_significant' };
}
