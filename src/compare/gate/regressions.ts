import { fellBackOf, workflowsOf } from '../../result/query.ts';
import type { Result } from '../../result/schema.ts';
import { hasWarning } from '../../result/warnings/kinds.ts';
import { formatMs, signedPercent } from '../../units.ts';
import { arePaired, compareResults, type Difference, sharedTransports } from '../change/results.ts';
import { checkFailures } from './failure-checks.ts';
import { pText } from './p-text.ts';
import type { RegressionCheck } from './report.ts';
import { judge, type Margin, type Verdict } from './verdict.ts';

/**
 * Every metric of every transport that both results have, judged against the margin; and where workflows of the candidate
 * failed, whether more did than of the base. Below our own calibrated error no difference is claimed between runs apart; in
 * interleaved rounds we err alike on both sides, and what is left of it is in the interval.
 */
export function checkRegressions(
  base: Result,
  candidate: Result,
  margin: Margin,
): RegressionCheck[] {
  const floorUs = arePaired(base, candidate)
    ? 0
    : Math.max(noiseFloorUs(base), noiseFloorUs(candidate));
  const { steps } = candidate.run.scenario;
  const mixed = new Set(
    sharedTransports(base, candidate).filter(
      (name) => fellBack(base, name) || fellBack(candidate, name),
    ),
  );
  // Where the machine was too busy with other things the times are not the endpoint's.
  const unfit = [base, candidate].some((result) => hasWarning(result, 'unfit'));
  return [
    ...checkFailures(base, candidate),
    ...compareResults(base, candidate).map((difference) =>
      timeCheck(
        difference,
        margin,
        difference.metric === 'workflow_e2e' ? floorUs * steps : floorUs,
        unfit ? 'unfit' : mixed.has(difference.transport) ? 'fell_back' : undefined,
      ),
    ),
  ];
}

function noiseFloorUs({ calibration }: Result): number {
  return calibration?.noiseFloorUs ?? 0;
}

/** A WebSocket that went on over HTTP is neither. */
function fellBack({ rounds }: Result, transport: string): boolean {
  return fellBackOf(workflowsOf(transport, rounds)).length > 0;
}

function timeCheck(
  difference: Difference,
  margin: Margin,
  floorUs: number,
  hindrance: 'unfit' | 'fell_back' | undefined,
): RegressionCheck {
  const { transport, metric, baseUs, candidateUs, samples, pairs, ratio, test } = difference;
  const { interval, adjustedP, detectablePercent } = difference;
  const judged = judge({ interval, baseUs: baseUs ?? 1, adjustedP }, margin, floorUs);
  const { verdict, reason } =
    hindrance === undefined ? judged : ({ verdict: 'inconclusive', reason: hindrance } as const);
  const limit = baseUs === null ? margin.relative * 100 : (judged.limit.us / baseUs) * 100;
  return {
    kind: 'regression',
    transport,
    metric,
    level: 'error',
    verdict,
    reason,
    unit: 'percent',
    base: baseUs,
    candidate: candidateUs,
    samples,
    pairs,
    test,
    adjustedP,
    detectablePercent,
    value: ratio === null ? null : percentOf(ratio),
    limit,
    interval: interval && {
      level: interval.level,
      lower: percentOf(interval.lower),
      upper: percentOf(interval.upper),
    },
    message: timeMessage(difference, reason, judged.limit, limit),
  };
}

function timeMessage(
  {
    transport,
    metric,
    baseUs,
    candidateUs,
    ratio,
    interval,
    adjustedP,
    samples,
    pairs,
  }: Difference,
  reason: RegressionCheck['reason'],
  { us, from }: Verdict['limit'],
  limitPercent: number,
): string {
  const name = `${transport}.${metric}`;
  const counted =
    pairs === null
      ? `${samples.base} and ${samples.candidate} workflows`
      : `${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of rounds`;
  if (ratio === null || baseUs === null || candidateUs === null) {
    return `${name}: nothing to compare (${counted} completed)`;
  }
  const range =
    interval === null
      ? 'no 95 % interval'
      : `95 % interval ${signedPercent(percentOf(interval.lower))} to ${signedPercent(percentOf(interval.upper))} %`;
  const p = adjustedP === null ? '' : `, p ${pText(adjustedP)}`;
  const because = limitReasons[from];
  return `${name}: ${formatMs(baseUs)} to ${formatMs(candidateUs)}, ${signedPercent(percentOf(ratio))} % (${range}${p}); limit +${limitPercent.toFixed(1)} % (${formatMs(us)}, ${because}): ${regressionReasons[reason]} (${counted})`;
}

const limitReasons: Readonly<Record<Verdict['limit']['from'], string>> = {
  relative_margin: 'the relative margin',
  absolute_margin: 'the least that counts',
  noise_floor: 'our own calibrated error',
};

/** Why a comparison was judged as it was. */
export const regressionReasons: Readonly<Record<RegressionCheck['reason'], string>> = {
  below_limit: 'below the limit',
  above_limit: 'slower than the limit',
  spans_limit: 'the interval holds the limit; more rounds would tell',
  not_significant: 'not significant among all that was tested with it; more rounds would tell',
  too_few_samples: 'too few for an interval; 6 are needed',
  unfit:
    'the machine was unfit to measure (see the warning), so the times are largely our own; a quieter machine would tell',
  fell_back:
    'WebSocket was refused and HTTP took over, so the times are not its own; --no-fallback makes a refusal a failure, which is judged',
};

function percentOf(ratio: number): number {
  return (ratio - 1) * 100;
}
