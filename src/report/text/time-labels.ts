import type { LadderGain, TimePart } from '../../result/attribution.ts';

/** The names of the parts of a workflow's time. */
export const partLabels: Readonly<Record<TimePart, string>> = {
  toolTime: 'tools',
  dns: 'opening: DNS',
  tcpConnect: 'opening: TCP',
  proxy: 'opening: proxy',
  tlsHandshake: 'opening: TLS',
  wsUpgrade: 'opening: upgrade',
  requestWrite: 'writing requests',
  upload: 'upload, slow start',
  download: 'download, slow start',
  roundTrip: 'round trips',
  queued: 'previous answer',
  admit: 'server: admit',
  route: 'server: route',
  hydrate: 'server: hydrate',
  safety: 'server: safety',
  tokenise: 'server: tokenise',
  embed: 'server: embed',
  queue: 'model: queue',
  prefill: 'model: prefill',
  decode: 'model: decode',
  undeclared: 'undeclared',
  waiting: 'waiting',
  streaming: 'streaming',
  outage: 'outage',
  clientOverhead: 'our own work',
  residual: 'unexplained',
};

/** The advantage of one arm of the ladder over the one before. */
export const gainLabels: Readonly<Record<LadderGain, string>> = {
  connectionReuse: 'connection reuse',
  framing: 'framing',
  incrementalInput: 'incremental input + server cache',
  http2: 'HTTP/2',
  serverStore: 'incremental input + server store',
  warmUp: 'warm-up',
};
