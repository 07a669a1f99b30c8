import { sharedTransports } from '../compare/change/results.ts';
import { fingerprintDifferences } from '../compare/gate/fingerprint.ts';
import type { GateReport } from '../compare/gate/report.ts';
import type { Margin } from '../compare/gate/verdict.ts';
import { UsageError } from '../errors.ts';
import type { Result } from '../result/schema.ts';
import { gate } from './gate.ts';

/** The options of a comparison of two results. */
export interface CompareOptions {
  /** @default 5 % and 2 ms */
  margin?: Margin;
  /** Compares results that were not measured alike too; what comes of it only advises. @default false */
  force?: boolean;
}

/**
 * The differences of two results, with intervals and verdicts. Its exit code is 0, or 3 for a confirmed regression.
 * @throws UsageError naming each way in which the two were not measured alike, unless `force` says to go on.
 */
export function compareRuns(
  base: Result,
  candidate: Result,
  { margin, force = false }: CompareOptions = {},
): GateReport {
  const differences = fingerprintDifferences(base, candidate);
  if (differences.length > 0 && !force) {
    const named = differences.map(
      ({ key, base: before, candidate: after }) => `\n  ${key}: ${before} and ${after}`,
    );
    throw new UsageError(
      `the two results were not measured alike; --force compares them anyway, as advice:${named.join('')}`,
    );
  }
  if (sharedTransports(base, candidate).length === 0) {
    throw new UsageError('the two results share no transport: there is nothing to compare');
  }
  const report = gate(candidate, { baseline: base, force, ...(margin && { margin }) });
  // Not the gate's own, where a candidate that completed nothing outweighs a regression.
  return { ...report, exitCode: report.verdict === 'regression' && !report.advisory ? 3 : 0 };
}
