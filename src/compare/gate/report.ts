import { z } from 'zod';
import { fingerprintDifferenceSchema } from './fingerprint.ts';

/** The value of the `schema` key of a gate's report; the number changes when a shipped key does. */
export const GATE_SCHEMA = 'agent-latency-bench/gate/v1';

const count = z.int().nonnegative();
const share = z.number().min(0).max(1).nullable();
const interval = z
  .strictObject({ level: z.number(), lower: z.number(), upper: z.number() })
  .nullable()
  .describe('of value, in its unit; null where there is none');

const asked = {
  transport: z.string(),
  metric: z.string(),
  level: z.enum(['warn', 'error']).describe('only an error decides the exit code'),
};

const found = {
  value: z.number().nullable().describe('null: nothing was measured'),
  limit: z.number(),
  interval,
  message: z.string().describe('one line: metric, value, limit, interval'),
};

const thresholdCheckSchema = z.strictObject({
  kind: z.literal('threshold'),
  ...asked,
  threshold: z.string().describe('as it was asked for'),
  verdict: z
    .enum(['pass', 'crossed', 'inconclusive'])
    .describe('inconclusive: too few samples for a finite interval of that percentile'),
  unit: z.enum(['us', 'count', 'bytes', 'share']).describe('of value and limit'),
  samples: count,
  ...found,
});

const regressionCheckSchema = z.strictObject({
  kind: z.literal('regression'),
  ...asked,
  verdict: z.enum(['pass', 'regression', 'inconclusive']),
  reason: z.enum([
    'below_limit',
    'above_limit',
    'spans_limit',
    'not_significant',
    'too_few_samples',
    'fell_back',
    'unfit',
  ]),
  unit: z
    .enum(['percent', 'share'])
    .describe('percent of the base by which it changed; of the metric failed, the share itself'),
  base: z.number().nullable().describe('median in µs, or the share that failed'),
  candidate: z.number().nullable().describe('median in µs, or the share that failed'),
  samples: z.strictObject({ base: count, candidate: count }),
  pairs: count.nullable().describe('rounds in which both completed; null if not interleaved'),
  test: z
    .strictObject({ name: z.enum(['wilcoxon', 'mann-whitney', 'fisher']), p: z.number() })
    .nullable()
    .describe('of no difference'),
  adjustedP: z
    .number()
    .nullable()
    .describe('after Holm: of times over all times, of failed over all transports'),
  detectablePercent: z
    .number()
    .nullable()
    .describe('smallest slowdown that such a run tells from none, four times out of five'),
  ...found,
});

const sideSchema = z.strictObject({
  id: z.string(),
  startedAt: z.iso.datetime(),
  scenario: z.string(),
  endpoint: z.string().describe('its URL, or the profile of the bundled mock'),
  rounds: count,
  complete: z.boolean(),
});

export const gateReportSchema = z.strictObject({
  schema: z.literal(GATE_SCHEMA),
  tool: z.strictObject({ name: z.literal('agent-latency-bench'), version: z.string() }),
  base: sideSchema.nullable().describe('null: nothing to compare with'),
  candidate: sideSchema,
  interleaved: z.boolean().describe('measured in one job, round by round'),
  margin: z.strictObject({
    relative: z.number().nonnegative().describe('0.05 is 5 %'),
    absoluteUs: z.number().nonnegative(),
  }),
  advisory: z.boolean().describe('the two are not alike, so a regression only advises'),
  differences: z.array(fingerprintDifferenceSchema).describe('in what the two are not alike'),
  cachedShares: z
    .array(z.strictObject({ transport: z.string(), base: share, candidate: share }))
    .describe('of the input, found in the prompt cache; nothing where no endpoint tells'),
  checks: z.array(z.discriminatedUnion('kind', [thresholdCheckSchema, regressionCheckSchema])),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  verdict: z
    .enum(['none', 'pass', 'crossed', 'regression', 'inconclusive'])
    .describe('the worst of the checks at level error; none: nothing was checked'),
  exitCode: z.int().nonnegative(),
});

export type GateReport = z.infer<typeof gateReportSchema>;
export type ThresholdCheck = z.infer<typeof thresholdCheckSchema>;
export type RegressionCheck = z.infer<typeof regressionCheckSchema>;
export type GateCheck = ThresholdCheck | RegressionCheck;

/** The JSON Schema of what `compare` and `gate` give as JSON, as `schema gate` prints it. */
export function gateJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(gateReportSchema);
  return { $schema, $id: GATE_SCHEMA, title: 'Verdict of agent-latency-bench', ...rest };
}
