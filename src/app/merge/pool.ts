import {
  createHistogram,
  type Histogram,
  histogramOfMetric,
  mergeHistogram,
} from '../../measure/histogram.ts';
import { armsOf } from '../../result/control.ts';
import type { RoundRecord } from '../../result/record.ts';
import type { Calibration, Result } from '../../result/schema.ts';

/**
 * The rounds of all results, numbered anew in the order of time as far as it is known: those of a run lie evenly between
 * its start and its end, and keep their order.
 */
export function pooledRounds(results: readonly Result[]): RoundRecord[] {
  return results
    .flatMap(({ run, rounds }) => {
      const startMs = Date.parse(run.startedAt);
      const elapsedMs = Date.parse(run.finishedAt) - startMs;
      return rounds
        .toSorted((a, b) => a.index - b.index)
        .map((round, at) => ({ round, beganMs: startMs + (at / rounds.length) * elapsedMs }));
    })
    .sort((a, b) => a.beganMs - b.beganMs)
    .map(({ round }, index) => ({ ...round, index }));
}

/** The gaps between output deltas per arm, which no round holds: bucket added to bucket. */
export function pooledGaps(results: readonly [Result, ...Result[]]): Map<string, Histogram> {
  const pooled = armsOf(results[0].run.options).map((arm) => {
    const sum = createHistogram();
    for (const { transports } of results) {
      const gaps = transports[arm]?.metrics.inter_token;
      if (gaps !== undefined) mergeHistogram(sum, histogramOfMetric(gaps));
    }
    return [arm, sum] as const;
  });
  return new Map(pooled);
}

/** The calibration of the machine that errs most; null where none knows its error. */
export function worstCalibration(results: readonly Result[]): Calibration | null {
  return results.reduce<Calibration | null>(
    (worst, { calibration }) =>
      (calibration?.noiseFloorUs ?? -1) > (worst?.noiseFloorUs ?? -1) ? calibration : worst,
    null,
  );
}

/** The kinds of machine that were measured on, each once. */
export function machinesOf(results: readonly Result[]): string[] {
  const kinds = results.map(
    ({ environment: { cpuModel, node } }) => `${cpuModel}, Node ${Number.parseInt(node, 10)}`,
  );
  return [...new Set(kinds)].sort();
}
