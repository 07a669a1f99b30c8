import type { RoundRecord } from '../../result/record.ts';
import type { WarningFacts } from '../../result/warnings/kinds.ts';
import { autocorrelation } from '../../stats/autocorrelation.ts';
import { drift } from '../../stats/drift.ts';
import { normalQuantile } from '../../stats/normal.ts';
import { median } from '../../stats/percentile.ts';
import { pairsOf } from '../change/pairs.ts';

/** Below it neither test sees anything but the grossest. */
const FEWEST_ROUNDS = 20;
/** Clean runs that are warned of nonetheless, whatever the number of transports. */
const FALSE_ALARMS = 0.005;
/** The trend test takes time and memory by the square of what it is given. */
const MOST_VALUES = 500;

/**
 * Where the order of the rounds shows in what they measured: the ratio of a candidate to the base rises or falls, or
 * each round tells of the next. Either way the interval claims more than it should, since it takes rounds for
 * independent. Fewer than one clean run in a hundred is warned of.
 */
export function orderWarnings(
  [base, ...candidates]: readonly string[],
  rounds: readonly RoundRecord[],
): WarningFacts[] {
  const inOrder = rounds.toSorted((a, b) => a.index - b.index);
  // Two tests for each candidate share what may go wrong.
  const level = FALSE_ALARMS / (2 * candidates.length);
  return candidates.flatMap((candidate) => {
    if (base === undefined) return [];
    const logRatios = pairsOf(base, candidate, 'workflow_e2e', inOrder).map(([before, after]) =>
      Math.log(after / before),
    );
    if (logRatios.length < FEWEST_ROUNDS) return [];
    const trend = driftWarnings(base, candidate, logRatios, level);
    // A trend makes neighbours alike: one word for one thing.
    return trend.length > 0 ? trend : memoryWarnings(base, candidate, logRatios, level);
  });
}

function driftWarnings(
  base: string,
  candidate: string,
  logRatios: readonly number[],
  level: number,
): WarningFacts[] {
  const values = thinned(logRatios);
  const found = drift(values);
  if (found === undefined || found.p >= level) return [];
  const changePercent = (Math.exp(found.slope * (values.length - 1)) - 1) * 100;
  return [{ code: 'drift', transport: candidate, base, changePercent }];
}

function memoryWarnings(
  base: string,
  candidate: string,
  logRatios: readonly number[],
  level: number,
): WarningFacts[] {
  const found = autocorrelation(logRatios);
  const n = logRatios.length;
  if (found === null || found.lag1 <= normalQuantile(1 - level) / Math.sqrt(n)) return [];
  return [
    {
      code: 'rounds_correlate',
      transport: candidate,
      base,
      lag1: found.lag1,
      rounds: n,
      worthRounds: Math.max(1, Math.round(found.effectiveCount)),
    },
  ];
}

/** At most `MOST_VALUES` values that keep their order: medians of equal groups of neighbours, a rest left out. */
function thinned(values: readonly number[]): number[] {
  const size = Math.ceil(values.length / MOST_VALUES);
  return Array.from({ length: Math.floor(values.length / size) }, (_, group) => {
    return median(values.slice(group * size, (group + 1) * size)) ?? NaN;
  });
}
