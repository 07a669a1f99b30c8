import { z } from 'zod';
import type { Metric, Unit } from '../measure/histogram.ts';
import { attributionSchema } from './attribution.ts';
import { loadFiguresSchema, loadSchema } from './load/schema.ts';
import { countersSchema, roundSchema } from './record.ts';

/** The value of the `schema` key of a result; the number changes when a shipped key does. */
export const RESULT_SCHEMA = 'agent-latency-bench/result/v1';

/** Every metric of a transport, in the order of a step's life. */
export const metricNames = [
  'dns',
  'tcp_connect',
  'proxy',
  'tls_handshake',
  'ws_upgrade',
  'handshake',
  'request_write',
  'upload',
  'step_ttfb',
  'step_ttfe',
  'step_ttft',
  'step_ttfo',
  'inter_token',
  'tpot',
  'step_duration',
  'first_step',
  'later_steps',
  'output_rate',
  'tool_time',
  'client_overhead',
  'time_to_notice',
  'recovery',
  'dispatch_delay',
  'service_time',
  'workflow_e2e',
  'workflow_overhead',
] as const;

/** The unit of a metric: all are durations but one. */
export function metricUnit(name: MetricName): Unit {
  return name === 'output_rate' ? 'tokens/s' : 'us';
}

/** Metrics that are given per step index too. */
export const stepMetricNames = ['step_duration', 'step_ttft', 'step_ttfb'] as const;

/** Metrics by which transports are compared; a step metric enters as its median over the workflow. */
export const comparedMetrics = ['workflow_e2e', 'step_duration', 'step_ttft'] as const;

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const json = z.json();
const figure = z.number().nonnegative().nullable();
const probability = z.number().min(0).max(1);

export const metricSchema = z.strictObject({
  unit: z.enum(['us', 'tokens/s']),
  count,
  mean: figure,
  stddev: figure.describe('of these samples (divisor n)'),
  min: figure,
  max: figure,
  p50: figure.describe('percentiles are nearest-rank'),
  p90: figure,
  p95: figure,
  p99: figure,
  histogram: z
    .string()
    .nullable()
    .describe('HdrHistogram V2, compressed, base64; 1 µs to 1 h, of rates thousandths'),
}) satisfies z.ZodType<Metric>;

const stepSummarySchema = z.strictObject({
  index: count,
  completed: count,
  failed: count,
  metrics: z.partialRecord(z.enum(stepMetricNames), metricSchema),
  medianBytesSent: count.nullable().describe('of the completed ones, on the raw socket'),
});

export const transportSchema = z.strictObject({
  workflows: z.strictObject({
    attempted: count,
    completed: count,
    failed: count,
    aborted: count.optional().describe('interrupted, neither completed nor failed; absent if none'),
  }),
  counters: countersSchema.describe('sums over all measured workflows, failed ones included'),
  metrics: z
    .partialRecord(z.enum(metricNames), metricSchema)
    .describe('of what completed: failed steps and workflows are counted apart'),
  steps: z.array(stepSummarySchema),
});

export const warningSchema = z
  .looseObject({ code: z.string(), message: z.string() })
  .describe('what a reader of the numbers should know; further keys belong to the code');

export const comparisonSchema = z.strictObject({
  base: z.string(),
  candidate: z.string(),
  metric: z.enum(comparedMetrics),
  pairs: count.describe('rounds in which both completed; with an arrival rate, windows'),
  medianRatio: z.number().positive().nullable().describe('candidate over base'),
  changePercent: z.number().nullable().describe('negative: the candidate took less time'),
  interval: z
    .strictObject({ level: z.number(), lower: z.number().positive(), upper: z.number().positive() })
    .nullable()
    .describe(
      'of medianRatio, from interpolated order statistics over the rounds; null below 6 pairs',
    ),
  test: z
    .strictObject({ name: z.literal('wilcoxon'), p: probability })
    .nullable()
    .default(null)
    .describe('of no difference, two-sided, over the rounds; null without pairs'),
  adjustedP: probability
    .nullable()
    .default(null)
    .describe('the same after Holm, over all comparisons of the result'),
  detectablePercent: z
    .number()
    .nonnegative()
    .nullable()
    .default(null)
    .describe('smallest slowdown that such a run finds four times out of five'),
});

const ms = z.number().nonnegative();

const recoveryOptionsSchema = z
  .strictObject({
    retries: count,
    retryPartial: z.boolean(),
    fallback: z.boolean(),
    coolDownMs: ms,
    rotateMs: ms.nullable(),
    pingIntervalMs: ms.nullable(),
    idleCloseMs: ms.nullable(),
    connectTimeoutMs: ms,
  })
  .describe('what sessions did when something failed; null: never');

export const optionsSchema = z.strictObject({
  transports: z.array(z.string()).min(1),
  iterations: z.int().positive().describe('measured rounds; at most, where `run.stop` is there'),
  warmup: count,
  concurrency: z
    .int()
    .positive()
    .describe('rounds in flight; with a rate: sessions open at once, at most'),
  workers: z.int().min(2).optional().describe('threads that ran the sessions; absent: one'),
  timeoutMs: z.number().positive(),
  toolTime: z.union([z.enum(['recorded', 'none']), z.number().nonnegative()]),
  model: z.string().optional(),
  insecure: z.boolean().optional(),
  toolChoice: z.enum(['required', 'auto']).optional().describe('absent: calls asked for by name'),
  cacheKey: z
    .enum(['per-run', 'per-arm', 'shared'])
    .optional()
    .describe('who shared a prompt_cache_key; absent: no request carried one'),
  omit: z.array(z.string()).optional().describe('fields that no request carried; absent if none'),
  unsupported: z
    .array(z.strictObject({ transport: z.string(), why: z.string() }))
    .optional()
    .describe('asked for, not run: the provider has no way to; absent if none'),
  maxRequests: z.int().positive().optional(),
  maxTokens: z.int().positive().optional(),
  load: loadSchema.optional(),
  aa: z.boolean().optional().describe('the base ran twice: once more as `<base>#aa`, a control'),
  recovery: recoveryOptionsSchema.optional(),
});

/** A latency profile as data: a name, and parts that each give their numbers and where these come from. */
export const profileSchema = z
  .object({ name: z.string(), description: z.string() })
  .catchall(json)
  .describe('of the mock: each part holds its numbers and their `source`');

export const linkSchema = z.strictObject({
  rttMs: z.number().nonnegative(),
  bandwidthBitsPerSecond: z.number().positive().nullable().describe('per connection and direction'),
  jitterMs: z.number().nonnegative(),
  slowStart: z.boolean(),
  idleRestart: z.literal(false).optional().describe('pauses cost no window; absent: they do'),
  receiveWindowBytes: z.int().positive(),
  cutIdleMs: z
    .number()
    .positive()
    .optional()
    .describe('a connection idle for so long was cut without a word; absent: none was'),
});

export const fingerprintSchema = z
  .strictObject({
    scenario: sha256,
    transports: z.array(z.string()).describe('in alphabetical order'),
    link: linkSchema.nullable(),
    endpoint: z.enum(['mock', 'url']),
    profile: sha256.nullable().describe('of the profile, keys in alphabetical order'),
    fault: z.string().optional(),
    cacheOff: z.array(z.string()).optional(),
    proxied: z.literal(true).optional().describe('by whichever proxy; absent if not'),
    nodeMajor: z.int().positive(),
    cpuModel: z.string(),
  })
  .describe('results are alike where these are equal');

const shardSchema = z
  .strictObject({ index: z.int().positive(), count: z.int().positive() })
  .describe('the part of a run on several machines; absent: all of it');

const mergedSchema = z
  .array(z.strictObject({ id: z.string().min(1), shard: shardSchema.optional() }))
  .describe('the runs whose rounds were put together; absent: a run of its own');

const stopSchema = z
  .strictObject({
    untilPercent: z
      .number()
      .positive()
      .nullable()
      .describe('± that the intervals of workflow_e2e were to reach; null: not asked for'),
    minRounds: z.int().positive().describe('before which they were not looked at'),
    maxRounds: z.int().positive(),
    maxTimeMs: z.number().positive().nullable(),
    reached: z
      .enum(['precision', 'rounds', 'time'])
      .nullable()
      .describe('what ended the rounds; null where the run is not complete'),
    halfWidthPercent: z
      .number()
      .nonnegative()
      .nullable()
      .describe('± of the widest interval, by all rounds; null where one has too few'),
  })
  .describe('what was to end the rounds; absent where their number was fixed');

export const runSchema = z.strictObject({
  id: z.string().min(1),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  seed: z.int(),
  complete: z.boolean(),
  stopReason: z
    .enum([
      'interrupted',
      'request_limit',
      'token_limit',
      'threshold',
      'error',
      'killed',
      'shards_missing',
    ])
    .optional()
    .describe('why a run is not complete'),
  stop: stopSchema.optional(),
  shard: shardSchema.optional(),
  merged: mergedSchema.optional(),
  interleaved: z
    .string()
    .optional()
    .describe('shared by the results that one job interleaved: their rounds pair up by index'),
  options: optionsSchema,
  scenario: z.strictObject({ name: z.string(), sha256, steps: count.describe('model calls') }),
  endpoint: z.strictObject({
    kind: z.enum(['mock', 'url']),
    url: z.string().describe('without user, password, query and fragment'),
    profile: profileSchema.nullable(),
    link: linkSchema.nullable().describe('emulated; null if none'),
    fault: z.string().optional().describe('what the mock was told to do wrong; absent if nothing'),
    cacheOff: z
      .array(z.string())
      .optional()
      .describe("what the mock's connections were told not to hold; absent if nothing"),
    mock: z
      .strictObject({ version: z.string(), seed: z.int() })
      .optional()
      .describe('of a mock of ours at a URL, as it says itself; its profile is said by it too'),
    provider: z.string().optional().describe('whose address and limits held; absent if not told'),
    redirects: z
      .int()
      .positive()
      .optional()
      .describe('how often the URL that was given sent us on to this one; absent if it did not'),
    proxy: z
      .string()
      .optional()
      .describe('that every connection was tunnelled through, without credentials; absent if none'),
  }),
  fingerprint: fingerprintSchema,
});

export const noiseSchema = z
  .strictObject({
    loopDelayP50Us: figure.describe(
      'how late our event loop came to its timers, their resolution off',
    ),
    loopDelayP99Us: figure,
    loopDelayMaxUs: figure,
    utilisation: z.number().min(0).max(1).describe('share of time that our event loop was busy'),
    gcPauses: count,
    gcTotalUs: count,
    gcMaxUs: count,
    stolenShare: z.number().nullable().describe("of the machine's CPU time, by its host; Linux"),
    workers: z
      .array(
        z.strictObject({
          utilisation: z.number().min(0).max(1),
          loopDelayP99Us: figure,
          loopDelayMaxUs: figure,
        }),
      )
      .optional()
      .describe(
        'of each worker thread that ran sessions, in their order: the figures beside this are the worst of them; absent: one thread did all',
      ),
    mainUtilisation: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('of the thread that hands out the rounds and takes in what the workers measured'),
  })
  .describe('what disturbed the measuring process while it measured');

const instrumentSchema = z.strictObject({
  injectedUs: z.number().nonnegative().describe('the truth'),
  samples: count,
  biasUs: z.number().describe('mean of measured minus injected'),
  p99ErrorUs: z.number().nonnegative().describe('99th percentile of the absolute error'),
});

export const calibrationSchema = z.strictObject({
  clockResolutionUs: z.number().nonnegative(),
  instruments: z.record(z.string(), instrumentSchema),
  noiseFloorUs: count.describe('differences per step below this are not claimed'),
});

export const environmentSchema = z.strictObject({
  node: z.string(),
  platform: z.string(),
  release: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cores: z.int().positive(),
  memoryBytes: count,
  versions: z.record(z.string(), z.string()).describe('of what the requests pass through'),
  tcp: z
    .strictObject({ congestionControl: z.string(), slowStartAfterIdle: z.boolean() })
    .optional()
    .describe("of the host's own connections; Linux"),
  noise: noiseSchema.optional(),
});

export const resultSchema = z.strictObject({
  schema: z.literal(RESULT_SCHEMA),
  tool: z.strictObject({ name: z.literal('agent-latency-bench'), version: z.string() }),
  run: runSchema,
  environment: environmentSchema,
  transports: z.record(z.string(), transportSchema),
  rounds: z.array(roundSchema),
  comparisons: z.array(comparisonSchema),
  control: comparisonSchema
    .optional()
    .describe('the base against itself: what no difference looks like; with `--aa`'),
  attribution: attributionSchema
    .nullable()
    .describe(
      'where the time went; null where every arm completed no round, or the tool did not know it yet',
    ),
  load: loadFiguresSchema.optional().describe('what came of a load that was a rate'),
  calibration: calibrationSchema.nullable().describe('our own error; null if not calibrated'),
  warnings: z.array(warningSchema),
});

export type Result = z.infer<typeof resultSchema>;
export type Run = z.infer<typeof runSchema>;
export type RunOptionsRecord = z.infer<typeof optionsSchema>;
export type ProfileRecord = z.infer<typeof profileSchema>;
export type Environment = z.infer<typeof environmentSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Instrument = z.infer<typeof instrumentSchema>;
export type Fingerprint = z.infer<typeof fingerprintSchema>;
export type TransportSummary = z.infer<typeof transportSchema>;
export type StepSummary = z.infer<typeof stepSummarySchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type Warning = z.infer<typeof warningSchema>;
export type MetricName = (typeof metricNames)[number];

/** The JSON Schema of a result file, as `schema result` prints it. */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(resultSchema);
  return { $schema, $id: RESULT_SCHEMA, title: 'Result of agent-latency-bench', ...rest };
}
