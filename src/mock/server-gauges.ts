import type { Listener } from '../listen/listener.ts';
import type { InFlight } from './deliver/in-flight.ts';
import type { SessionCaches } from './memory/session-cache.ts';
import type { StoredResponses } from './memory/stored-responses.ts';
import type { Metrics } from './metrics/metrics.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import type { Upgrades } from './ws/upgrade.ts';

/** The parts of a server that `/metrics` is read from at every look. */
export interface Watched {
  listener: Listener;
  upgrades: Upgrades;
  stored: StoredResponses;
  inFlight: InFlight;
  caches: SessionCaches;
}

/** The gauges of a server: what is open, under way and held, and what its process takes of the machine. */
export function watchServer(
  { watch }: Metrics,
  { listener, upgrades, stored, inFlight, caches }: Watched,
): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    watch({ name, help, type: 'gauge', read });
  };
  gauge('connections', 'Open TCP connections.', listener.connections);
  gauge('websockets', 'Open WebSocket connections.', upgrades.connections);
  gauge('in_flight', 'Requests and responses under way.', inFlight.count);
  gauge('stored_bytes', 'Memory that stored responses take.', stored.bytes);
  gauge('cache_entries', 'Responses that connections hold.', () => caches.stats().entries);
  gauge(
    'cache_bytes',
    'What a server would hold of these: the JSON of their conversations, and the tokens rendered from it.',
    () => caches.stats().bytes,
  );
  gauge('cache_memory_bytes', 'Memory that this server really takes for them.', () => {
    return caches.stats().memoryBytes;
  });
  watch({
    name: 'cache_session_bytes',
    help: 'cache_bytes of one connection: quantiles over all connections.',
    type: 'gauge',
    read: () => quantiles(caches.sessionBytes()),
  });
  for (const each of processMetrics) watch(each);
  for (const kind of ['hits', 'misses', 'evictions'] as const) {
    const help = `Connection caches: ${kind} since the start.`;
    watch({ name: `cache_${kind}_total`, help, type: 'counter', read: () => caches.stats()[kind] });
  }
}

/** By label, as nearest ranks; nothing where there are no values. */
function quantiles(values: number[]): ReadonlyMap<string, number> {
  values.sort((a, b) => a - b);
  return new Map(
    [0, 0.5, 0.9, 0.99, 1].flatMap((quantile) => {
      const value = values[Math.max(0, Math.ceil(quantile * values.length) - 1)];
      return value === undefined ? [] : [[`quantile="${quantile}"`, value]];
    }),
  );
}
