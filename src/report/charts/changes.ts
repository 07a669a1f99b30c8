import type { GateReport, RegressionCheck } from '../../compare/gate/report.ts';
import type { Chart, DotRow } from '../blocks/chart.ts';
import { DASH, formatChange, formatChangeRange } from '../text/figures.ts';

/** Every change between two results with its interval and its limit; undefined where nothing was compared. */
export function changesChart({ checks }: GateReport): Chart | undefined {
  const compared = checks.flatMap((check): (DotRow & { check: RegressionCheck })[] => {
    if (check.kind !== 'regression' || check.unit !== 'percent' || check.value === null) return [];
    const { transport, metric, value, interval, limit } = check;
    const name = `${transport} ${metric}`;
    return [{ name, series: 0, samples: [], middle: value, interval, limit, check }];
  });
  if (compared.length === 0) return undefined;
  return {
    title: 'Change from the base to the candidate',
    description:
      'The change of every metric with its 95 % interval; beyond the mark it is more than is allowed.',
    unit: 'percent',
    axis: 'change',
    drawing: { shape: 'dots', rows: compared.map(({ check: _, ...row }) => row), reference: 0 },
    grid: [
      ['metric', 'change', '95 % interval', 'limit', 'verdict'].map((text) => ({ text })),
      ...compared.map(({ name, middle, interval, limit, check }) => [
        { text: name },
        { text: middle === null ? DASH : formatChange(middle) },
        { text: interval === null ? DASH : formatChangeRange(interval.lower, interval.upper) },
        { text: limit === undefined ? DASH : formatChange(limit) },
        { text: check.verdict },
      ]),
    ],
  };
}
