import type { Metric } from '../../measure/histogram.ts';
import { countersSchema } from '../../result/record.ts';
import { metricNames, type Result, type TransportSummary } from '../../result/schema.ts';
import { neededCount } from '../../stats/needed-count.ts';

/**
 * OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/), for a textfile collector or a push gateway.
 * Every sample is labelled with scenario and transport. Sums over a run are gauges: a later run starts anew, and a rate
 * of them would mean nothing. Percentiles with too few samples are left out.
 */
export function openMetricsReport(result: Result): string {
  const families = [
    runFamily(result),
    durationFamily(result),
    rateFamily(result),
    sampleFamily(result),
    workflowFamily(result),
    ...countersSchema.keyof().options.map((counter) => counterFamily(result, counter)),
    ratioFamily(result),
  ];
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, unit, help, samples }) => [
      `# TYPE ${name} ${type}`,
      ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
      `# HELP ${name} ${escaped(help)}`,
      ...samples.map(
        ({ suffix = '', labels, value }) => `${name}${suffix}${labelsOf(labels)} ${value}`,
      ),
    ]);
  return [...lines, '# EOF', ''].join('\n');
}

type Labels = Readonly<Record<string, string>>;

interface Sample {
  suffix?: '_info';
  labels: Labels;
  value: number;
}

interface Family {
  name: string;
  type: 'info' | 'gauge';
  unit?: 'seconds';
  help: string;
  samples: readonly Sample[];
}

const PREFIX = 'agent_latency_bench';

function runFamily({ run, tool }: Result): Family {
  const { endpoint, scenario } = run;
  const labels = {
    scenario: scenario.name,
    run: run.id,
    version: tool.version,
    endpoint:
      endpoint.kind === 'url' ? endpoint.url : `mock ${endpoint.profile?.name ?? 'unknown'}`,
    complete: String(run.complete),
  };
  return {
    name: `${PREFIX}_run`,
    type: 'info',
    help: 'What was measured.',
    samples: [{ suffix: '_info', labels, value: 1 }],
  };
}

function durationFamily(result: Result): Family {
  return {
    name: `${PREFIX}_duration_seconds`,
    type: 'gauge',
    unit: 'seconds',
    help: 'Durations of what completed, by metric: percentiles, mean and extremes.',
    samples: perMetric(result, (labels, metric) =>
      metric.unit === 'us' ? figureSamples(labels, metric, 1_000_000) : [],
    ),
  };
}

function rateFamily(result: Result): Family {
  return {
    name: `${PREFIX}_rate`,
    type: 'gauge',
    help: 'Output tokens per second of what completed, by metric: percentiles, mean and extremes.',
    samples: perMetric(result, (labels, metric) =>
      metric.unit === 'us' ? [] : figureSamples(labels, metric, 1),
    ),
  };
}

function figureSamples(labels: Labels, metric: Metric, divisor: number): Sample[] {
  return figures.flatMap(([figure, needed]) => {
    const value = metric[figure];
    if (value === null || metric.count < needed) return [];
    return [{ labels: { ...labels, figure }, value: value / divisor }];
  });
}

/** What is given of a metric, and how many samples it needs. */
const figures = [
  ['p50', neededCount(50)],
  ['p90', neededCount(90)],
  ['p95', neededCount(95)],
  ['p99', neededCount(99)],
  ['mean', 1],
  ['min', 1],
  ['max', 1],
] as const;

function sampleFamily(result: Result): Family {
  return {
    name: `${PREFIX}_samples`,
    type: 'gauge',
    help: 'How many samples stand behind a metric.',
    samples: perMetric(result, (labels, { count }) => [{ labels, value: count }]),
  };
}

function perMetric(
  result: Result,
  samplesOf: (labels: Labels, metric: Metric) => Sample[],
): Sample[] {
  return perTransport(result, (labels, { metrics }) =>
    metricNames.flatMap((name) => {
      const metric = metrics[name];
      return metric === undefined ? [] : samplesOf({ ...labels, metric: name }, metric);
    }),
  );
}

function workflowFamily(result: Result): Family {
  return {
    name: `${PREFIX}_workflows`,
    type: 'gauge',
    help: 'Workflows by how they ended.',
    samples: perTransport(result, (labels, { workflows }) => [
      { labels: { ...labels, state: 'completed' }, value: workflows.completed },
      { labels: { ...labels, state: 'failed' }, value: workflows.failed },
    ]),
  };
}

type Counter = keyof TransportSummary['counters'];

function counterFamily(result: Result, counter: Counter): Family {
  return {
    name: `${PREFIX}_${counter}`,
    type: 'gauge',
    help: `Sum over all measured workflows: ${countersSchema.shape[counter].description ?? counter}.`,
    samples: perTransport(result, (labels, { counters }) => {
      const value = counters[counter];
      return value === null ? [] : [{ labels, value }];
    }),
  };
}

function ratioFamily({ run, comparisons }: Result): Family {
  return {
    name: `${PREFIX}_median_ratio`,
    type: 'gauge',
    help: 'Median over the rounds of transport to base; lower and upper bound it at 95 %.',
    samples: comparisons.flatMap(({ base, candidate, metric, medianRatio, interval }) => {
      const labels = { scenario: run.scenario.name, transport: candidate, base, metric };
      const bounds = { estimate: medianRatio, lower: interval?.lower, upper: interval?.upper };
      return Object.entries(bounds).flatMap(([bound, value]) =>
        value === null || value === undefined ? [] : [{ labels: { ...labels, bound }, value }],
      );
    }),
  };
}

function perTransport(
  { run, transports }: Result,
  samplesOf: (labels: Labels, summary: TransportSummary) => Sample[],
): Sample[] {
  return run.options.transports.flatMap((transport) => {
    const summary = transports[transport];
    if (summary === undefined) return [];
    return samplesOf({ scenario: run.scenario.name, transport }, summary);
  });
}

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\r?\n/g, '\\n');
}
