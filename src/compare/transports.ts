import type { RoundRecord } from '../result/record.ts';
import { type Comparison, comparedMetrics } from '../result/schema.ts';
import { detectableRatio } from '../stats/detectable-effect.ts';
import { holm } from '../stats/holm.ts';
import { medianRatio } from '../stats/median-ratio.ts';
import { signedRankTest } from '../stats/signed-rank.ts';
import { pairsOf } from './pairs.ts';

const POWER = 0.8;

/**
 * Every transport against the base (the first of the list), round by round: the median ratio over the rounds in
 * which both completed, with its 95 % interval, and Wilcoxon's signed-rank test. A step metric enters as its median over
 * the workflow.
 */
export function compareTransports(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Comparison[] {
  const [base, ...candidates] = transports;
  if (base === undefined) return [];
  const comparisons = candidates.flatMap((candidate) =>
    comparedMetrics.map((metric) => compareMetric(base, candidate, metric, rounds)),
  );
  const adjusted = holm(comparisons.flatMap(({ test }) => test?.p ?? []));
  return comparisons.map((comparison) => ({
    ...comparison,
    adjustedP: comparison.test && (adjusted.shift() ?? null),
  }));
}

function compareMetric(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Comparison {
  const pairs = pairsOf(base, candidate, metric, rounds);
  const found = medianRatio(pairs);
  const logRatios = pairs.map(([before, after]) => Math.log(after / before));
  const interval = found?.interval ?? null;
  return {
    base,
    candidate,
    metric,
    pairs: pairs.length,
    medianRatio: found?.ratio ?? null,
    changePercent: found === undefined ? null : (found.ratio - 1) * 100,
    interval,
    test: found === undefined ? null : { name: 'wilcoxon', p: signedRankTest(logRatios).p },
    adjustedP: null,
    detectablePercent: interval && (detectableRatio({ interval, power: POWER }) - 1) * 100,
  };
}
