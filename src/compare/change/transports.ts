import type { RoundRecord } from '../../result/record.ts';
import { type Comparison, comparedMetrics } from '../../result/schema.ts';
import { comparedPairs } from './bases.ts';
import { detectablePercent, pairedChange, withAdjustedP } from './paired-change.ts';
import { pairsOf } from './pairs.ts';

/**
 * Every transport against its bases (the first of the list, and the best HTTP that keeps its connections), round by round:
 * the median ratio over the rounds in which both completed, with its 95 % interval, and Wilcoxon's signed-rank test. A step
 * metric enters as its median over the workflow.
 */
export function compareTransports(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Comparison[] {
  return withAdjustedP(
    comparedPairs(transports, rounds).flatMap(([base, candidate]) =>
      comparedMetrics.map((metric) => compareMetric(base, candidate, metric, rounds)),
    ),
  );
}

function compareMetric(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Omit<Comparison, 'adjustedP'> {
  const pairs = pairsOf(base, candidate, metric, rounds);
  const { ratio, interval, test } = pairedChange(pairs);
  return {
    base,
    candidate,
    metric,
    pairs: pairs.length,
    medianRatio: ratio,
    changePercent: ratio === null ? null : (ratio - 1) * 100,
    interval,
    test,
    detectablePercent: detectablePercent(interval, pairs.length),
  };
}
