import { z } from 'zod';
import { oddities } from '../measure/marks.ts';
import { stageNames } from '../protocol/server-timing.ts';

/*
 * What the runner writes down of every workflow: `rounds[]` of a result. All durations are integer µs on
 * the client's monotonic clock; null where a phase did not happen or nothing was received.
 */

const us = z.int().nonnegative();
const count = z.int().nonnegative();
/** A count that results written before it was known do not have. */
const later = count.default(0);

/**
 * Why a step failed: a fact about the endpoint, without any text that it sent; of kind `own_limit`, what this machine
 * ran out of; or of kind `internal`, a bug of ours.
 */
const failureSchema = z.strictObject({
  kind: z.enum([
    'unreachable',
    'proxy',
    'tls',
    'upgrade_refused',
    'http_status',
    'not_responses',
    'api_error',
    'incomplete',
    'protocol',
    'closed',
    'timeout',
    'own_limit',
    'internal',
  ]),
  status: z.int().optional().describe('HTTP status, or the status in an error frame'),
  code: z.string().optional().describe('error code of the API, of the socket, or close code'),
  message: z.string().optional().describe('of our own exception, only where the kind is internal'),
});

/** Sums over one workflow, or over all measured workflows of a transport. */
export const countersSchema = z.strictObject({
  connections: count.describe('TCP connections opened'),
  requests: count.describe('model calls of which at least a byte was sent'),
  bytes_sent: count.describe('TCP payload sent, TLS and framing included'),
  bytes_received: count.describe('TCP payload received, TLS and framing included'),
  payload_bytes_sent: count.describe('JSON of the requests'),
  input_tokens_sent: count.describe(
    'tokens carried by the requests for answers, at 4 bytes of what the model reads each',
  ),
  prompt_tokens: count
    .nullable()
    .default(null)
    .describe(
      'the same of the whole prompts that were answered, whatever of them was sent; null where the tool did not count it yet',
    ),
  input_tokens: count.describe('as the server declares them'),
  cached_tokens: count.describe("the server's prompt cache, not the connection's"),
  output_tokens: count.describe('as the server declares them'),
  reconnects: later.describe('connections opened because another one was lost or too old'),
  fallbacks: later.describe('times that HTTP took over from a refused WebSocket'),
  resends: later.describe('times that the whole history went out because a response was forgotten'),
  retries: later.describe('requests repeated after a refusal'),
  wasted_output_tokens: later.describe('received in attempts that failed, at 4 bytes each'),
  compactions: later.describe('times that the history was made shorter'),
  tokens_processed: count
    .nullable()
    .default(null)
    .describe('of the prompt, rendered anew by the server; null where it does not say'),
});

/** Where the time of a step or workflow went; with `residualUs` the parts add up to the whole. */
const phasesSchema = z.strictObject({
  handshakeUs: us.describe('DNS, TCP, proxy, TLS and WebSocket upgrade'),
  requestWriteUs: us.describe('first byte handed over until the kernel took the last'),
  waitingUs: us.describe('request taken by the kernel until the first event of the answer'),
  streamingUs: us.describe('first event until the terminal event, less our own parsing'),
  toolTimeUs: us.describe('the scripted wait before the request, as measured'),
  clientOverheadUs: us.describe('building, serialising and parsing on our side'),
  recoveryUs: later.describe('lost to attempts that failed, waits before retries included'),
  residualUs: z.int().describe('what no phase accounts for'),
});

/** One connection that was opened. */
const connectionSchema = z.strictObject({
  dnsUs: us.nullable().describe('null where no name was looked up'),
  tcpConnectUs: us,
  proxyUs: us
    .optional()
    .describe('TLS with the proxy, if it wants that, and CONNECT; absent without a proxy'),
  tlsHandshakeUs: us.nullable().describe('null without TLS'),
  wsUpgradeUs: us.nullable().describe('null over plain HTTP'),
  pacedUs: us.describe('waited for our own limit on TLS handshakes; part of client overhead'),
  addressFamily: z.enum(['IPv4', 'IPv6']).nullable(),
  tlsVersion: z.string().nullable(),
  alpn: z.string().nullable(),
  sessionResumed: z.boolean(),
  deflate: z.boolean().nullable().describe('permessage-deflate agreed on; null over plain HTTP'),
  bytesSent: count,
  bytesReceived: count,
});

/** A server's own account of one step. */
const serverSchema = z
  .strictObject({
    stagesUs: z.partialRecord(z.enum(stageNames), us),
    tokensProcessed: count.optional(),
  })
  .describe('what the server says that it did, by its own clock; absent where it does not');

/** One model call. */
const stepSchema = z.strictObject({
  index: count,
  state: z.enum(['completed', 'failed', 'aborted']),
  failure: failureSchema.optional(),
  deviations: z
    .array(z.enum(['no_call', 'other_call', 'call_count', 'no_call_id', 'no_text']))
    .optional()
    .describe('where the model left the script; absent if it did not'),
  attempts: z
    .int()
    .min(2)
    .optional()
    .describe('how often it was tried to ask the model; absent if once'),
  durationUs: us.describe("step's clock starts until the terminal event, all attempts included"),
  ttfbUs: us.nullable().describe('until the first response byte or frame'),
  ttfeUs: us.nullable().describe('until the first event of this answer'),
  ttftUs: us.nullable().describe('until the first output delta of any kind'),
  ttfoUs: us.nullable().describe('until the first delta that is not reasoning'),
  idleUs: us
    .nullable()
    .describe('how long the connection had carried nothing; null where the step opened it'),
  agentsUs: us
    .optional()
    .describe(
      'wait before the step for sub-agents, until the longest session had ended; absent if none',
    ),
  thinkUs: us
    .optional()
    .describe("the user's scripted pause before the step, as measured; not in the workflow's time"),
  uploadUs: us
    .nullable()
    .describe('first byte handed over until the server had the whole request; null where unknown'),
  downloadUs: us
    .optional()
    .describe(
      'how much longer than one way over the emulated link the terminal event was under way; absent: none, or unknown',
    ),
  tpotUs: z
    .number()
    .nonnegative()
    .nullable()
    .describe('(last delta − first delta) / (output tokens − 1)'),
  phases: phasesSchema,
  server: serverSchema.optional(),
  serverContradicted: z
    .literal(true)
    .optional()
    .describe('the server declared more time than passed, so its account is left out'),
  strayEvents: count
    .optional()
    .describe('overlooked: of another answer, or after the end of this one; absent if none'),
  overlooked: z
    .partialRecord(z.enum(oddities), count)
    .optional()
    .describe('what else clients overlook, and how often; absent if nothing'),
  queuedUs: us
    .optional()
    .describe("of waitingUs: until the connection's previous answer had ended; absent if none"),
  parsingUs: us.optional().describe('of clientOverheadUs: our own parsing while more was to come'),
  stalledUs: us
    .optional()
    .describe('our own event loop stood still so long during the step, in stalls of 3 ms or more'),
  payloadBytesSent: count,
  bytesSent: count.describe('on the raw socket, by the time the step ended'),
  bytesReceived: count,
  inputTokens: count.nullable(),
  cachedTokens: count.nullable(),
  outputTokens: count.nullable(),
});

/** Something that failed, and what was done about it. */
const recoverySchema = z.strictObject({
  agent: z.string().optional().describe('the sub-agent whose step it was; absent: none'),
  step: count,
  cause: failureSchema,
  action: z.enum([
    ...['reconnect', 'resend', 'rotate', 'fall_back', 'retry', 'leave_out'],
    'give_up',
  ] as const),
  outputBegan: z.literal(true).optional().describe('a part of the output had arrived'),
  atUs: us.describe('noticed so long after the workflow began'),
  noticeUs: us
    .optional()
    .describe(
      'the last sign of life, or the request handed over if later, until noticed; 0: the other side said so; absent where the tool did not know it yet',
    ),
  waitedUs: us.describe('before the next attempt, on purpose'),
  recoveryUs: us
    .nullable()
    .describe('noticed until the first event after it, over whatever; null: none came'),
  over: z.enum(['http', 'websocket']).describe('what carried the next attempt'),
});

/** The session of one sub-agent. What it sent and opened is counted with the workflow that started it. */
const agentSchema = z.strictObject({
  name: z.string(),
  step: count.describe('index of the step of the workflow that waited for it'),
  awaited: z
    .literal(true)
    .optional()
    .describe('nothing that the step waited for took longer; absent if something did'),
  state: z.enum(['completed', 'failed', 'aborted']),
  e2eUs: us.describe('first request (dial included) until the last terminal event or the failure'),
  phases: phasesSchema,
  steps: z.array(stepSchema),
});

/** One agent session over one transport. */
const workflowSchema = z.strictObject({
  state: z.enum(['completed', 'failed', 'aborted']),
  e2eUs: us.describe('first request (dial included) until the last terminal event or the failure'),
  dispatchDelayUs: us
    .optional()
    .describe('its first request came so long after it was due; absent where nothing was due'),
  heldBack: z
    .literal(true)
    .optional()
    .describe('it was begun late because as many sessions were open as may be'),
  outcomeSha256: z
    .string()
    .describe('of all calls and texts in their order: equal on every transport'),
  phases: phasesSchema.describe('of its steps, and of the sub-agents that were awaited'),
  counters: countersSchema.describe('sub-agents included'),
  fellBack: z
    .literal(true)
    .optional()
    .describe('a part went over HTTP because WebSocket was refused'),
  recoveries: z.array(recoverySchema).optional().describe('in their order; absent if none'),
  connections: z.array(connectionSchema),
  steps: z.array(stepSchema),
  agents: z
    .array(agentSchema)
    .optional()
    .describe('the sub-agents, in the order of their starts; absent if none'),
});

/** Every transport once, one after another. */
export const roundSchema = z.strictObject({
  index: count,
  order: z.array(z.string()).describe('transports in the order they ran'),
  workflows: z.record(z.string(), workflowSchema),
  arrival: z
    .strictObject({
      window: count.describe('the stretch of the load that it was part of'),
      atUs: us.describe('when its workflows were due, since the window began'),
      perSecond: z.number().positive().optional().describe('the rate of the window; with `--ramp`'),
    })
    .optional()
    .describe('with an arrival rate: a round is one arrival, on every transport'),
});

export type Failure = z.infer<typeof failureSchema>;
export type Counters = z.infer<typeof countersSchema>;
export type Phases = z.infer<typeof phasesSchema>;
export type ConnectionRecord = z.infer<typeof connectionSchema>;
export type RecoveryRecord = z.infer<typeof recoverySchema>;
export type AgentRecord = z.infer<typeof agentSchema>;
export type StepRecord = z.infer<typeof stepSchema>;
export type WorkflowRecord = z.infer<typeof workflowSchema>;
export type RoundRecord = z.infer<typeof roundSchema>;
