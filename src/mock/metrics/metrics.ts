import type { Histogram } from './prometheus-histogram.ts';

/** A value read at the moment of asking, or one for each set of labels. */
export interface Gauge {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  read: () => number | ReadonlyMap<string, number>;
}

/** The counts of a server, for `GET /metrics`. */
export interface Metrics {
  readonly request: (transport: 'http' | 'ws', status: number) => void;
  readonly fault: (kind: string, transport: 'http' | 'ws') => void;
  /** Adds a value that somebody else keeps. */
  readonly watch: (gauge: Gauge) => void;
  /** The same for values that are counted by size: one histogram, or one for each set of labels. */
  readonly watchHistogram: (
    name: string,
    help: string,
    histogram: Histogram | ReadonlyMap<string, Histogram>,
  ) => void;
  /** All of it in Prometheus' text format. */
  render(): string;
}

/** Counters at zero. */
export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const faults = new Map<string, number>();
  const gauges: Gauge[] = [];
  const histograms: { name: string; help: string; byLabels: ReadonlyMap<string, Histogram> }[] = [];
  return {
    request(transport, status) {
      add(requests, `transport="${transport}",status="${status}"`);
    },
    fault(kind, transport) {
      add(faults, `kind="${kind}",transport="${transport}"`);
    },
    watch(gauge) {
      gauges.push(gauge);
    },
    watchHistogram(name, help, histogram) {
      const byLabels = 'observe' in histogram ? new Map([['', histogram]]) : histogram;
      histograms.push({ name, help, byLabels });
    },
    render() {
      return [
        ...family('requests_total', 'Requests answered, by HTTP status.', 'counter', requests),
        ...family('faults_injected_total', 'Faults done to clients.', 'counter', faults),
        ...gauges.flatMap(({ name, help, type, read }) => {
          const value = read();
          return family(
            name,
            help,
            type,
            typeof value === 'number' ? new Map([['', value]]) : value,
          );
        }),
        ...histograms.flatMap(({ name, help, byLabels }) => [
          ...head(fullName(name), help, 'histogram'),
          ...[...byLabels].flatMap(([labels, each]) => each.render(fullName(name), labels)),
        ]),
        '',
      ].join('\n');
    },
  };
}

function add(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

function family(
  name: string,
  help: string,
  type: string,
  values: ReadonlyMap<string, number>,
): string[] {
  const full = fullName(name);
  const lines = [...values].map(([labels, value]) => {
    return `${full}${labels === '' ? '' : `{${labels}}`} ${value}`;
  });
  return [...head(full, help, type), ...lines];
}

function head(full: string, help: string, type: string): string[] {
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`];
}

/** What Prometheus' client libraries tell of any process goes by the names that they use. */
function fullName(name: string): string {
  return /^(process|nodejs)_/.test(name) ? name : `agent_latency_bench_mock_${name}`;
}
