import type { GateReport } from '../../compare/gate/report.ts';
import { csvOf } from './csv.ts';

/** One row per check; what a kind of check does not have is empty. */
export function comparisonCsv({ checks }: GateReport): string {
  const rows = checks.map((check) => {
    const { kind, transport, metric, level, verdict, unit, value, limit, interval } = check;
    const common = {
      kind,
      transport,
      metric,
      level,
      verdict,
      unit,
      value,
      limit,
      interval_lower: interval?.lower,
      interval_upper: interval?.upper,
    };
    if (check.kind === 'threshold') {
      return { ...common, candidate_samples: check.samples, threshold: check.threshold };
    }
    return {
      ...common,
      base: check.base,
      candidate: check.candidate,
      pairs: check.pairs,
      base_samples: check.samples.base,
      candidate_samples: check.samples.candidate,
      test: check.test?.name,
      p: check.test?.p,
      adjusted_p: check.adjustedP,
      detectable_percent: check.detectablePercent,
    };
  });
  return csvOf(rows, columns);
}

const columns = [
  'kind transport metric level verdict unit value limit interval_lower interval_upper',
  'base candidate pairs base_samples candidate_samples test p adjusted_p detectable_percent threshold',
].flatMap((group) => group.split(' '));
