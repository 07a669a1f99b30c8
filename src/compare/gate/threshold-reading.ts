import { decodeBuckets, type Metric, percentileIn } from '../../measure/histogram.ts';
import { workflowsOf } from '../../result/query.ts';
import type { Counters } from '../../result/record.ts';
import type { MetricName, Result, TransportSummary } from '../../result/schema.ts';
import type { Interval } from '../../stats/interval.ts';
import { nearestRank } from '../../stats/percentile.ts';
import { quantileInterval, quantileRanks } from '../../stats/quantile-interval.ts';
import { endedE2eUs } from '../change/adjusted.ts';
import { comparedPairs } from '../change/bases.ts';
import { pairedChange } from '../change/paired-change.ts';
import { pairsOf } from '../change/pairs.ts';
import { ADJUSTED_E2E, type Aggregate, FAILED, ratioMetrics } from './thresholds.ts';

/** The parts of a result that thresholds look at. */
export type Measured = Pick<Result, 'transports' | 'rounds'>;

/** An aggregate of a metric, and how many samples stand behind it. */
export interface Reading {
  /** Null where there is no sample; Infinity where a percentile falls on a failure. */
  value: number | null;
  samples: number;
  /** Of a percentile, at 95 %; null where it would not be finite. */
  interval: Interval | null;
}

/** An aggregate of a transport's metric, counter or failures. */
export function readMeasured(
  metric: string,
  aggregate: Aggregate,
  transport: string,
  { transports, rounds }: Measured,
): Reading {
  const summary = transports[transport];
  if (summary === undefined) return nothing;
  if (metric === FAILED) return readFailed(aggregate, summary);
  if (metric === ADJUSTED_E2E) return readAdjusted(aggregate, transport, rounds);
  if (ratioMetrics.some((name) => name === metric)) {
    return readRatio(metric === 'ratio_to_base', transport, Object.keys(transports), rounds);
  }
  const counted = summary.counters[metric as keyof Counters] as number | null | undefined;
  // Null: the endpoint declares no such thing.
  if (counted === null) return nothing;
  if (counted !== undefined) return readCounter(counted, aggregate, summary);
  return readMetric(summary.metrics[metric as MetricName], aggregate);
}

const nothing: Reading = { value: null, samples: 0, interval: null };

function readFailed(aggregate: Aggregate, { workflows }: TransportSummary): Reading {
  const { completed, failed } = workflows;
  const ended = completed + failed;
  if (ended === 0) return nothing;
  return { value: aggregate === 'rate' ? failed / ended : failed, samples: ended, interval: null };
}

function readAdjusted(
  aggregate: Aggregate,
  transport: string,
  rounds: Measured['rounds'],
): Reading {
  const ascending = endedE2eUs(workflowsOf(transport, rounds));
  const percentile = percentileOf(aggregate);
  return {
    value: nearestRank(ascending, percentile) ?? null,
    samples: ascending.length,
    interval: quantileInterval(ascending, percentile),
  };
}

function readRatio(
  toFirst: boolean,
  transport: string,
  transports: readonly string[],
  rounds: Measured['rounds'],
): Reading {
  const [first] = transports;
  const base = comparedPairs(transports, rounds).find(
    ([each, candidate]) => candidate === transport && (each === first) === toFirst,
  )?.[0];
  if (base === undefined) return nothing;
  const pairs = pairsOf(base, transport, 'workflow_e2e', rounds);
  const { ratio, interval } = pairedChange(pairs);
  return { value: ratio, samples: pairs.length, interval };
}

function readCounter(sum: number, aggregate: Aggregate, { workflows }: TransportSummary): Reading {
  const { attempted } = workflows;
  if (attempted === 0) return nothing;
  const value = aggregate === 'count' ? sum : sum / attempted;
  return { value, samples: attempted, interval: null };
}

function readMetric(metric: Metric | undefined, aggregate: Aggregate): Reading {
  if (metric === undefined || metric.histogram === null || metric.max === null) return nothing;
  const { unit, count: samples, mean, min, max, histogram } = metric;
  const exact = { count: samples, avg: mean, min, max };
  if (typeof aggregate === 'string' && aggregate in exact) {
    return { value: exact[aggregate as keyof typeof exact], samples, interval: null };
  }
  const percentile = percentileOf(aggregate);
  const buckets = decodeBuckets(histogram);
  const atRank = (rank: number): number =>
    percentileIn(buckets, (100 * rank) / samples, { unit, max });
  const ranks = quantileRanks(samples, percentile);
  return {
    value: percentileIn(buckets, percentile, { unit, max }),
    samples,
    interval: ranks && { level: 0.95, lower: atRank(ranks.lower), upper: atRank(ranks.upper) },
  };
}

function percentileOf(aggregate: Aggregate): number {
  return typeof aggregate === 'string' ? 50 : aggregate.percentile;
}
