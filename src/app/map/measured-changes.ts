import { pairedChange } from '../../compare/change/paired-change.ts';
import { pairsOf } from '../../compare/change/pairs.ts';
import type { PointChange } from '../../estimate/points.ts';
import type { Result } from '../../result/schema.ts';

/** What a map shows of a result: every other arm against the first, and against HTTP that keeps its connection. */
export function measuredChanges({ run, rounds, attribution }: Result): PointChange[] {
  const [first = '', ...others] = run.options.transports;
  return [...new Set([first, 'http-keepalive'])].flatMap((base) =>
    others.flatMap((candidate) => {
      const { ratio, interval } = pairedChange(pairsOf(base, candidate, 'workflow_e2e', rounds));
      if (ratio === null || candidate === base) return [];
      const breakEven = attribution?.breakEven.find(
        (each) => each.base === base && each.candidate === candidate,
      );
      return [
        {
          ...{ base, candidate },
          changePercent: percent(ratio),
          interval: interval && { lower: percent(interval.lower), upper: percent(interval.upper) },
          source: 'measured' as const,
          fromStep: breakEven?.fromStep ?? null,
        },
      ];
    }),
  );
}

function percent(ratio: number): number {
  return (ratio - 1) * 100;
}
