/** A value read at the moment of asking. */
interface Gauge {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  read: () => number;
}

/** What the server counts, for `GET /metrics`. */
export interface Metrics {
  readonly request: (transport: 'http' | 'ws', status: number) => void;
  readonly fault: (name: string) => void;
  /** Adds a value that somebody else keeps. */
  readonly watch: (gauge: Gauge) => void;
  /** All of it in Prometheus' text format. */
  render(): string;
}

/** Counters at zero. */
export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const faults = new Map<string, number>();
  const gauges: Gauge[] = [];
  return {
    request(transport, status) {
      add(requests, `transport="${transport}",status="${status}"`);
    },
    fault(name) {
      add(faults, `fault="${name}"`);
    },
    watch(gauge) {
      gauges.push(gauge);
    },
    render() {
      return [
        ...family('requests_total', 'Requests answered, by HTTP status.', 'counter', requests),
        ...family('faults_total', 'Faults that struck.', 'counter', faults),
        ...gauges.flatMap(({ name, help, type, read }) =>
          family(name, help, type, new Map([['', read()]])),
        ),
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
  const full = `agent_latency_bench_mock_${name}`;
  const lines = [...values].map(([labels, value]) => {
    return `${full}${labels === '' ? '' : `{${labels}}`} ${value}`;
  });
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines];
}
