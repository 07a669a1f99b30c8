import { UsageError } from '../../errors.ts';
import { isControl } from '../../result/control.ts';
import { fellBackOf, workflowsOf } from '../../result/query.ts';
import { neededCount } from '../../stats/needed-count.ts';
import { amount } from './amount.ts';
import type { ThresholdCheck } from './report.ts';
import { type Measured, type Reading, readMeasured } from './threshold-reading.ts';
import {
  type Aggregate,
  formatAggregate,
  formatThreshold,
  type Operator,
  type Threshold,
  unitOf,
} from './thresholds.ts';

/** Every threshold against every transport that it names; failures count as such, never as times. */
export function checkThresholds(
  thresholds: readonly Threshold[],
  measured: Measured,
): ThresholdCheck[] {
  return thresholds.flatMap((threshold) =>
    Object.keys(measured.transports)
      .filter((name) => !isControl(name))
      .filter((name) => threshold.transport === '*' || threshold.transport === name)
      .map((name) => checkThreshold(threshold, name, measured)),
  );
}

/**
 * Makes sure that every threshold names a transport that runs.
 * @throws UsageError naming the first that doesn't: it would be kept for ever.
 */
export function requireTransports(
  thresholds: readonly Threshold[],
  transports: readonly string[],
): void {
  const stray = thresholds.find(
    ({ transport }) => transport !== '*' && !transports.includes(transport),
  );
  if (stray === undefined) return;
  throw new UsageError(
    `threshold ${formatThreshold(stray)}: expected a transport that runs (${transports.join(', ')}), got ${stray.transport}`,
  );
}

function checkThreshold(
  threshold: Threshold,
  transport: string,
  measured: Measured,
): ThresholdCheck {
  const { metric, aggregate, operator, value: limit, level } = threshold;
  const reading = readMeasured(metric, aggregate, transport, measured);
  const { value, samples, interval } = reading;
  const unit = unitOf(metric, aggregate);
  const mixed = unit === 'us' ? fallenBack(measured, transport) : 0;
  const verdict =
    value === null || samples < neededFor(aggregate)
      ? 'inconclusive'
      : !isKept(value, operator, limit)
        ? 'crossed'
        : mixed > 0
          ? 'inconclusive'
          : 'pass';
  const name = `${transport}.${metric} ${formatAggregate(aggregate)}`;
  return {
    kind: 'threshold',
    transport,
    metric,
    level,
    threshold: formatThreshold(threshold),
    verdict,
    unit,
    samples,
    // JSON knows no infinity: the percentile falls on a failure.
    value: value === Infinity ? null : value,
    limit,
    interval: interval !== null && Number.isFinite(interval.upper) ? interval : null,
    message: messageOf(name, threshold, reading, verdict, mixed),
  };
}

function messageOf(
  name: string,
  { aggregate, operator, value: limit, metric }: Threshold,
  { value, samples, interval }: Reading,
  verdict: ThresholdCheck['verdict'],
  mixed: number,
): string {
  const unit = unitOf(metric, aggregate);
  const asked = `limit ${operator} ${amount(limit, unit)}`;
  if (value === null) return `${name}: no samples, so ${asked} guards nothing here`;
  const range =
    interval === null
      ? ''
      : ` (95 % interval ${amount(interval.lower, unit)} to ${amount(interval.upper, unit)})`;
  const found = `${name} is ${amount(value, unit)}${range}, ${asked}`;
  if (verdict !== 'inconclusive') return found;
  if (samples < neededFor(aggregate)) {
    return `${found}: too few samples (${samples} of ${neededFor(aggregate)})`;
  }
  return `${found}: ${mixed} workflows went on over HTTP, whose times these are`;
}

/** Workflows whose WebSocket was refused: that HTTP was fast enough says nothing of it. */
function fallenBack({ rounds }: Measured, transport: string): number {
  return fellBackOf(workflowsOf(transport, rounds)).length;
}

/** A percentile without a finite interval says too little to fail a build, or to let it pass. */
function neededFor(aggregate: Aggregate): number {
  if (aggregate === 'med') return neededCount(50);
  return typeof aggregate === 'string' ? 1 : neededCount(aggregate.percentile);
}

function isKept(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}
