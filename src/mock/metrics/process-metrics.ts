import type { Gauge } from './metrics.ts';

/** The resources that the server takes of its machine, by the names that Prometheus' client libraries give it. */
export const processMetrics: readonly Gauge[] = [
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system.',
    type: 'counter',
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory.',
    type: 'gauge',
    read: () => process.memoryUsage.rss(),
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    help: 'Used part of the JavaScript heap, garbage not yet collected included.',
    type: 'gauge',
    read: () => process.memoryUsage().heapUsed,
  },
  {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside the heap that its objects hold.',
    type: 'gauge',
    read: () => process.memoryUsage().external,
  },
];
