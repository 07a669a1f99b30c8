import { z } from 'zod';
import { verdicts } from './check.ts';

const checkResult = z.strictObject({
  name: z.string().describe('of the check'),
  title: z.string().describe('what is asked, for people'),
  section: z.string().exactOptional().describe('where a specification says so'),
  sent: z.string().describe('what was sent'),
  came: z.string().describe('what came'),
  verdict: z.enum(verdicts).describe('`not asked` says nothing of the endpoint'),
});

const doctorReport = z.strictObject({
  schema: z.literal('agent-latency-bench/doctor/v1'),
  url: z.string().describe('of the endpoint, without its query'),
  model: z.string().describe('that was asked for'),
  tokens: z.int().min(0).describe('that were billed'),
  checks: z.array(checkResult).describe('in the order in which they were made'),
  webSocketMode: z
    .boolean()
    .describe('whether responses can be created and chained on a WebSocket'),
  transports: z.array(z.string()).describe('that `run` can measure there'),
  flags: z.array(z.string()).describe('of `run` that this endpoint needs'),
});

/** What one check found. */
export type CheckResult = z.infer<typeof checkResult>;

/** What was found of an endpoint. */
export type DoctorReport = z.infer<typeof doctorReport>;

/** The JSON Schema of a doctor's report. */
export function doctorJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(doctorReport);
  return {
    $schema,
    $id: 'urn:agent-latency-bench:doctor:v1',
    title: 'What doctor of agent-latency-bench found',
    ...rest,
  };
}
