import { z } from 'zod';
import { parseThreshold } from '../../compare/gate/thresholds.ts';
import { UsageError } from '../../errors.ts';
import { parseDurationMs, parseRateBitsPerSecond } from '../../units.ts';

/** What a config file is called where no other is named. */
export const CONFIG_FILE = 'agent-latency-bench.yaml';

const headerMap = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const text = z.string().min(1);
const flag = z.boolean();
const count = z.int().min(1);
const countOrNone = z.int().min(0);
const duration = inGrammar('a duration such as 40ms', parseDurationMs);
const durationOrNone = z.union([z.literal('none'), duration], {
  error: 'expected a duration such as 40ms, or none',
});
const percent = z
  .string({ error: 'expected a percentage such as 5%' })
  .regex(/^\d+(\.\d+)?%$/, { error: 'expected a percentage such as 5%' });
// Its own complaint: what a header holds may be a secret, and is not repeated.
const header = z
  .unknown()
  .superRefine((value, context) => {
    if (headerMap.safeParse(value).success) return;
    context.addIssue({ code: 'custom', message: 'expected a map of header names and values' });
  })
  .meta({ type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } })
  .transform((value) => headerMap.parse(value));
const list = z.union([text, z.array(text).min(1)], { error: 'expected a name or a list of names' });

const limit = inGrammar("a threshold such as 'ws.workflow_e2e: p(95)<4s'", parseThreshold);
const threshold = z.union([
  limit,
  z.strictObject(
    {
      threshold: limit,
      level: z.enum(['warn', 'error']).optional().describe('only an error fails a build'),
      abortOnFail: flag.optional().describe('stops the run that crosses it'),
    },
    { error: 'expected a threshold, or a map with threshold, level and abortOnFail' },
  ),
]);

/** A config file as users write it: the long flags of `run` and `gate` in camelCase. Unknown keys are errors. */
export const configSchema = z
  .strictObject(
    {
      scenario: list.describe('what to replay; `gate` takes one'),
      url: text,
      model: text,
      apiKeyEnv: text.describe('name of the variable that holds the key, never the key'),
      header,
      baseUrl: text.describe('of the endpoint as it was; for `gate`'),
      baseModel: text,
      baseApiKeyEnv: text,
      baseHeader: header,
      cacert: text,
      insecure: flag,
      proxy: text.describe('URL of a proxy, or none'),
      resolve: list.describe('host:port:address, as for curl'),
      cert: text,
      key: text,
      profile: text,
      tls: flag,
      fault: list,
      link: text,
      rtt: duration,
      bandwidth: inGrammar('a rate such as 50Mbps', parseRateBitsPerSecond),
      jitter: duration,
      slowStart: flag,
      transports: list,
      iterations: count,
      warmup: countOrNone,
      concurrency: count,
      toolTime: z.union([
        z.number().min(0),
        z.string().regex(/^(recorded|none)$/, { error: 'expected recorded, none, or a factor' }),
      ]),
      calibrate: flag,
      timeout: duration,
      seed: countOrNone,
      until: percent,
      maxRounds: count,
      maxTime: duration,
      aa: flag,
      retries: countOrNone,
      retryPartial: flag,
      fallback: flag,
      coolDown: duration,
      rotate: durationOrNone,
      ping: durationOrNone,
      idleClose: durationOrNone,
      connectTimeout: duration,
      maxRequests: count,
      maxTokens: count,
      thresholds: z.array(threshold, { error: 'expected a list of thresholds' }),
      baseline: text,
      maxRegression: percent,
      minAbs: duration,
      strict: flag,
      requireBaseline: flag,
      force: flag,
      out: text,
      quiet: flag,
      progress: flag,
      format: z.enum(['table', 'json', 'csv', 'markdown']),
      exportJson: text,
      exportCsv: text,
      exportMarkdown: text,
      exportJunit: text,
      exportGithubSummary: text,
      exportGithubAnnotations: text,
      exportBmf: text,
      exportGithubActionBenchmark: text,
      exportOpenmetrics: text,
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? 'expected a flag of run or gate in camelCase, such as maxRegression (`schema config` lists all)'
          : 'expected a map such as { transports: [http, ws], maxRegression: 5% }',
    },
  )
  .partial();

/** What a config file holds. */
export type Config = z.infer<typeof configSchema>;

/** The JSON Schema of a config file, as `schema config` prints it. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' });
  return { $schema, $id: 'agent-latency-bench/config/v1', title: CONFIG_FILE, ...rest };
}

/** Text that a parser of flags takes; its complaint becomes ours. */
function inGrammar(expected: string, parse: (text: string, where: string) => unknown) {
  const where = 'value';
  return z.string({ error: `expected ${expected}` }).superRefine((value, context) => {
    try {
      parse(value, where);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.slice(`${where}: `.length) });
    }
  });
}
