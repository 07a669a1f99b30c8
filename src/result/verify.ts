import type { Histogram as HdrHistogram } from 'hdr-histogram-js';
import { decodeBuckets, type Metric, percentileIn } from '../measure/histogram.ts';
import { armsOf } from './control.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RecoveryRecord, WorkflowRecord } from './record.ts';
import { comparedMetrics, type Result, type TransportSummary } from './schema.ts';
import { summariseTransport } from './summarise.ts';

/**
 * The place where a result contradicts itself, or undefined if it does not: figures that its own rounds do not give,
 * percentiles that its own histograms do not hold. That is what an edited or damaged file looks like.
 */
export function contradictionIn(result: Result): string | undefined {
  const { run, environment, transports, rounds } = result;
  const names = armsOf(run.options);
  return (
    firstDifference(Object.keys(transports).sort(), names.toSorted(), 'transports') ??
    firstDifference(run.fingerprint, fingerprintOf(run, environment), 'run.fingerprint') ??
    roundsContradiction(result) ??
    first(names, (name) => {
      const stated = transports[name];
      if (stated === undefined) return undefined;
      const where = `transports.${name}`;
      return (
        histogramsContradiction(stated, where) ??
        firstDifference(stated, summariseTransport(name, rounds), where)
      );
    }) ??
    comparisonsContradiction(result)
  );
}

function roundsContradiction({ run, rounds }: Result): string | undefined {
  const known = new Set(armsOf(run.options));
  return first([...rounds.entries()], ([position, round]) => {
    const where = `rounds.${position}`;
    const stranger = [...round.order, ...Object.keys(round.workflows)].find(
      (name) => !known.has(name),
    );
    if (stranger !== undefined) {
      return `${where} has a transport that did not run: ${stranger}`;
    }
    return first(Object.entries(round.workflows), ([name, workflow]) =>
      recoveriesContradiction(workflow, `${where}.workflows.${name}`),
    );
  });
}

/** What was counted must be told of one by one. */
function recoveriesContradiction(
  { counters, recoveries = [] }: WorkflowRecord,
  where: string,
): string | undefined {
  const countOf = (...actions: readonly RecoveryRecord['action'][]): number =>
    recoveries.filter(({ action }) => actions.includes(action)).length;
  const { reconnects, resends, retries } = counters;
  return firstDifference(
    { reconnects, resends, retries },
    {
      reconnects: countOf('reconnect', 'rotate'),
      resends: countOf('resend'),
      retries: countOf('retry'),
    },
    `${where}.counters`,
    'its recoveries',
  );
}

function histogramsContradiction(stated: TransportSummary, where: string): string | undefined {
  const metrics = [
    ...Object.entries(stated.metrics).map(
      ([name, metric]) => [`${where}.metrics.${name}`, metric] as const,
    ),
    ...stated.steps.flatMap((step, position) =>
      Object.entries(step.metrics).map(
        ([name, metric]) => [`${where}.steps.${position}.metrics.${name}`, metric] as const,
      ),
    ),
  ];
  return first(metrics, ([path, metric]) => metricContradiction(metric, path));
}

function metricContradiction(metric: Metric, path: string): string | undefined {
  const { unit, count, max, histogram } = metric;
  if (histogram === null || max === null) {
    const filled = Object.entries(metric).find(
      ([key, value]) => key !== 'unit' && value !== null && value !== 0,
    );
    return filled === undefined
      ? undefined
      : `${path}.${filled[0]} has a value, but there is no histogram`;
  }
  let buckets: HdrHistogram;
  try {
    buckets = decodeBuckets(histogram);
  } catch (error) {
    return `${path}.histogram can't be decoded: ${(error as Error).message}`;
  }
  const held = {
    count: buckets.totalCount,
    p50: percentileIn(buckets, 50, { unit, max }),
    p90: percentileIn(buckets, 90, { unit, max }),
    p95: percentileIn(buckets, 95, { unit, max }),
    p99: percentileIn(buckets, 99, { unit, max }),
  };
  const { p50, p90, p95, p99 } = metric;
  return firstDifference({ count, p50, p90, p95, p99 }, held, path, 'its histogram');
}

/** The statistics behind a comparison live elsewhere; here it must at least speak of this run and be of one piece. */
function comparisonsContradiction({
  run,
  rounds,
  comparisons,
  control,
}: Result): string | undefined {
  const known = armsOf(run.options);
  const stated = comparisons.map((comparison, at) => [`comparisons.${at}`, comparison] as const);
  const all = control === undefined ? stated : [...stated, ['control', control] as const];
  return first(all, ([where, comparison]) => {
    const { base, candidate, metric, pairs, medianRatio, changePercent, interval } = comparison;
    if (!known.includes(base) || !known.includes(candidate) || !comparedMetrics.includes(metric)) {
      return `${where} compares what did not run`;
    }
    if (pairs > rounds.length)
      return `${where}.pairs says ${pairs}, but there are ${rounds.length} rounds`;
    const expectedPercent = medianRatio === null ? null : (medianRatio - 1) * 100;
    if (
      interval !== null &&
      !(medianRatio !== null && interval.lower <= medianRatio && medianRatio <= interval.upper)
    ) {
      return `${where}.interval does not hold its median`;
    }
    return firstDifference(changePercent, expectedPercent, `${where}.changePercent`, 'medianRatio');
  });
}

// Gaps between deltas are not in the rounds; how a histogram was compressed says nothing about what it holds.
const NOT_IN_ROUNDS: readonly string[] = ['inter_token', 'histogram'];

/** First place where `stated` is not as expected; numbers may differ in the last digits, by order of summation. */
function firstDifference(
  stated: unknown,
  expected: unknown,
  path: string,
  source = 'the rounds',
): string | undefined {
  if (isRecord(stated) && isRecord(expected)) {
    // Metrics that are not stated are left out: a result may come from a tool that did not know them yet.
    const keys = Object.keys(stated).filter((key) => !NOT_IN_ROUNDS.includes(key));
    const lengths = Array.isArray(stated) ? ['length'] : [];
    return first([...lengths, ...keys], (key) =>
      firstDifference(stated[key], expected[key], `${path}.${key}`, source),
    );
  }
  if (stated === expected || nearlyEqual(stated, expected)) return undefined;
  return `${path} says ${show(stated)}, but from ${source} follows ${show(expected)}`;
}

function nearlyEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80);
}

function first<Item>(
  items: readonly Item[],
  find: (item: Item) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
