import { UsageError } from '../../errors.ts';
import { countersSchema } from '../../result/record.ts';
import { metricNames, metricUnit } from '../../result/schema.ts';
import { parseDurationMs, parseSizeBytes } from '../../units.ts';

/** A limit that a run must keep whatever any other run did, in the grammar of k6. */
export interface Threshold {
  metric: string;
  /** A transport's name; `*` is all. */
  transport: string;
  aggregate: Aggregate;
  operator: Operator;
  /** In µs, bytes, a count, or a share from 0 to 1: as the metric and the aggregate are. */
  value: number;
  /** Only an error decides the exit code. */
  level: 'warn' | 'error';
  /** Stops the run as soon as a round's end shows it crossed. */
  abortOnFail: boolean;
}

/** The aggregate of a metric's samples that is held against the limit. */
export type Aggregate = 'avg' | 'med' | 'min' | 'max' | 'count' | 'rate' | { percentile: number };

/** The way in which value and limit must compare for the threshold to be kept. */
export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** Unit of a threshold's value. */
export type ThresholdUnit = 'us' | 'bytes' | 'count' | 'share';

/** Percentiles of all workflows that ended, failed ones counted as longer than any. */
export const ADJUSTED_E2E = 'workflow_e2e_adj';
/** Workflows that failed. */
export const FAILED = 'failed';
/** Median ratios of the workflow's time: to the base of the run, and to the best HTTP that keeps its connections. */
export const ratioMetrics = ['ratio_to_base', 'ratio_to_kept_http'] as const;

const GRAMMAR =
  /^(?:(?<transport>\*|[a-z][a-z0-9~-]*)\.)?(?<metric>[a-z][a-z0-9_]*)\s*:\s*(?<aggregate>[a-z][a-z0-9]*(?:\(\s*[\d.]+\s*\))?)\s*(?<operator>[<>]=?|[=!]=)\s*(?<value>\S+)$/;

/**
 * A threshold such as `ws.workflow_e2e: p(95)<4s`, `http.failed: rate<1%` or `warn: ws.reconnects: count<5`. Without a
 * transport it holds for each; `abort:` in front stops the run that crosses it.
 * @throws UsageError naming `where` if it is none, or asks of a metric what it doesn't have.
 */
export function parseThreshold(text: string, where: string): Threshold {
  const [rest, marks] = withoutMarks(text.trim());
  const parts = GRAMMAR.exec(rest)?.groups;
  const { transport = '*', metric, aggregate, operator, value } = parts ?? {};
  if (metric === undefined || aggregate === undefined || value === undefined) {
    const expected =
      "expected a threshold such as 'ws.workflow_e2e: p(95)<4s' or 'failed: rate<1%'";
    throw new UsageError(`${where}: ${expected}, got ${JSON.stringify(text)}`);
  }
  if (marks.size > 1) {
    const message = `${where}: expected 'warn:' or 'abort:', got both in ${JSON.stringify(text)}; what only warns ends no run`;
    throw new UsageError(message);
  }
  const parsed = parseAggregate(aggregate, metric, where);
  return {
    metric,
    transport,
    aggregate: parsed,
    operator: operator as Operator,
    value: parseValue(value, unitOf(metric, parsed), where),
    level: marks.has('warn') ? 'warn' : 'error',
    abortOnFail: marks.has('abort'),
  };
}

/** The threshold in words that `parseThreshold` reads. */
export function formatThreshold(threshold: Threshold): string {
  const { metric, transport, aggregate, operator, value, level, abortOnFail } = threshold;
  const marks = `${level === 'warn' ? 'warn: ' : ''}${abortOnFail ? 'abort: ' : ''}`;
  const of = transport === '*' ? '' : `${transport}.`;
  const limit = formatLimit(value, unitOf(metric, aggregate));
  return `${marks}${of}${metric}: ${formatAggregate(aggregate)}${operator}${limit}`;
}

/** `p(95)`, `avg`, … */
export function formatAggregate(aggregate: Aggregate): string {
  return typeof aggregate === 'string' ? aggregate : `p(${aggregate.percentile})`;
}

/** The unit of what an aggregate of a metric gives. */
export function unitOf(metric: string, aggregate: Aggregate): ThresholdUnit {
  if (aggregate === 'rate') return 'share';
  if (isRate(metric)) return 'count';
  if (isMetric(metric)) return aggregate === 'count' ? 'count' : 'us';
  return metric.startsWith('bytes_') || metric.endsWith('_bytes_sent') ? 'bytes' : 'count';
}

function withoutMarks(text: string): [rest: string, marks: Set<string>] {
  const marks = new Set<string>();
  let rest = text;
  for (;;) {
    const [prefix, mark] = /^(warn|abort)\s*:\s*/.exec(rest) ?? [];
    if (prefix === undefined || mark === undefined || marks.has(mark)) return [rest, marks];
    marks.add(mark);
    rest = rest.slice(prefix.length);
  }
}

function parseAggregate(text: string, metric: string, where: string): Aggregate {
  const known = aggregatesOf(metric);
  if (known === undefined) {
    const names = [...metricNames, ADJUSTED_E2E, FAILED, ...ratioMetrics, ...counterNames].join(
      ', ',
    );
    throw new UsageError(`${where}: expected a metric (${names}), got ${JSON.stringify(metric)}`);
  }
  const percentile = /^p\(\s*(\d+(?:\.\d+)?)\s*\)$/.exec(text)?.[1];
  if (percentile !== undefined && known.includes('p')) {
    const rank = Number(percentile);
    if (rank > 0 && rank < 100) return { percentile: rank };
    throw new UsageError(`${where}: expected a percentile between 0 and 100, got ${text}`);
  }
  const named = known.find((name) => name === text);
  if (named !== undefined && named !== 'p') return named;
  const shown = known.map((name) => (name === 'p' ? 'p(95)' : name)).join(', ');
  throw new UsageError(`${where}: ${metric} has ${shown}, got ${JSON.stringify(text)}`);
}

type AggregateName = Extract<Aggregate, string> | 'p';

const counterNames: readonly string[] = countersSchema.keyof().options;

function aggregatesOf(metric: string): readonly AggregateName[] | undefined {
  if (metric === ADJUSTED_E2E) return ['p', 'med'];
  if (metric === FAILED) return ['rate', 'count'];
  if (ratioMetrics.some((name) => name === metric)) return ['med'];
  if (isMetric(metric)) return ['p', 'avg', 'med', 'min', 'max', 'count'];
  return counterNames.includes(metric) ? ['count', 'avg'] : undefined;
}

function isMetric(metric: string): boolean {
  return metric === ADJUSTED_E2E || metricNames.some((name) => name === metric);
}

function isRate(metric: string): boolean {
  return metricNames.some((name) => name === metric && metricUnit(name) !== 'us');
}

function parseValue(text: string, unit: ThresholdUnit, where: string): number {
  const plain = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  switch (unit) {
    case 'us':
      // A number alone is in milliseconds, as in k6.
      return (plain ?? parseDurationMs(text, where)) * 1000;
    case 'bytes':
      return plain ?? parseSizeBytes(text, where);
    case 'count':
      if (plain !== undefined) return plain;
      throw new UsageError(`${where}: expected a plain number, got ${JSON.stringify(text)}`);
    case 'share':
      return parseShare(text, plain, where);
  }
}

function parseShare(text: string, plain: number | undefined, where: string): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const share = percent === undefined ? plain : Number(percent) / 100;
  if (share !== undefined && share <= 1) return share;
  throw new UsageError(
    `${where}: expected a share such as 1% or 0.01, got ${JSON.stringify(text)}`,
  );
}

/** Plain, so that nothing is rounded. */
function formatLimit(value: number, unit: ThresholdUnit): string {
  return unit === 'us' ? `${value}us` : unit === 'bytes' ? `${value}B` : String(value);
}
