import type { RoundRecord } from '../result/record.ts';
import { type Comparison, comparedMetrics } from '../result/schema.ts';
import { medianRatio } from '../stats/median-ratio.ts';
import { pairsOf } from './pairs.ts';

/**
 * Every transport against the base (the first of the list), round by round: the median ratio over the rounds in
 * which both completed, with its 95 % interval. A step metric enters as its median over the workflow.
 */
export function compareTransports(
  transports: readonly string[],
  rounds: readonly RoundRecord[],
): Comparison[] {
  const [base, ...candidates] = transports;
  if (base === undefined) return [];
  return candidates.flatMap((candidate) =>
    comparedMetrics.map((metric) => compareMetric(base, candidate, metric, rounds)),
  );
}

function compareMetric(
  base: string,
  candidate: string,
  metric: Comparison['metric'],
  rounds: readonly RoundRecord[],
): Comparison {
  const pairs = pairsOf(base, candidate, metric, rounds);
  const found = medianRatio(pairs);
  return {
    base,
    candidate,
    metric,
    pairs: pairs.length,
    medianRatio: found?.ratio ?? null,
    changePercent: found === undefined ? null : (found.ratio - 1) * 100,
    interval: found?.interval ?? null,
  };
}
