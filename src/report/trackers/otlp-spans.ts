import { createHash } from 'node:crypto';
import type { StepRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { type Span, type SpanKind, spansOf } from '../../result/spans.ts';
import {
  type Attribute,
  attributesOf,
  modelFacts,
  nanosOf,
  resourceOf,
  scopeOf,
  seconds,
} from './otlp.ts';
import { type Session, sessionsOf } from './sessions.ts';

/**
 * OTLP JSON lines (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/): each a whole request to `/v1/traces`
 * with one workflow as a trace, its model calls and tool waits by the names of the GenAI conventions
 * (https://github.com/open-telemetry/semantic-conventions-genai). A piece for each session.
 */
export function* otlpSpans(result: Result): Generator<string> {
  const resource = resourceOf(result);
  const scope = scopeOf(result);
  for (const session of sessionsOf(result)) {
    const spans = sessionSpans(result, session);
    yield `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] })}\n`;
  }
}

const INTERNAL = 1;
const CLIENT = 3;
const OK = 1;
const ERROR = 2;

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code: number };
}

function sessionSpans(result: Result, session: Session): OtlpSpan[] {
  const { round, transport, workflow, startUs } = session;
  const { run } = result;
  const idOf = (...of: readonly (string | number)[]): string =>
    createHash('sha256')
      .update(JSON.stringify([run.id, round, transport, ...of]))
      .digest('hex');
  const traceId = idOf('trace').slice(0, 32);
  const root = idOf('workflow').slice(0, 16);
  const common = { 'agent_latency_bench.transport': transport, 'agent_latency_bench.round': round };
  const spans = spansOf(workflow);
  const timed = ({ fromUs, toUs }: Pick<Span, 'fromUs' | 'toUs'>) => ({
    startTimeUnixNano: nanosOf(result, startUs + fromUs),
    endTimeUnixNano: nanosOf(result, startUs + toUs),
  });
  const child = (id: readonly (string | number)[]) => ({
    traceId,
    spanId: idOf(...id).slice(0, 16),
    parentSpanId: root,
  });
  return [
    {
      traceId,
      spanId: root,
      name: `invoke_workflow ${run.scenario.name}`,
      kind: INTERNAL,
      ...timed({ fromUs: 0, toUs: Math.max(workflow.e2eUs, spans.at(-1)?.toUs ?? 0) }),
      attributes: attributesOf({
        'gen_ai.operation.name': 'invoke_workflow',
        'gen_ai.workflow.name': run.scenario.name,
        ...common,
        ...(workflow.state !== 'completed' && { 'error.type': workflow.state }),
      }),
      status: { code: workflow.state === 'completed' ? OK : ERROR },
    },
    ...workflow.steps.flatMap((step): OtlpSpan[] => {
      const own = spans.filter((span) => span.step === step.index);
      const tool = own.find(({ kind }) => kind === 'tool');
      const called = own.filter((span) => span !== tool);
      const [first, last] = [called[0], called.at(-1)];
      const waited: OtlpSpan[] =
        tool === undefined
          ? []
          : [
              {
                ...child(['tool', step.index]),
                name: 'execute_tool',
                kind: INTERNAL,
                ...timed(tool),
                attributes: attributesOf({ 'gen_ai.operation.name': 'execute_tool', ...common }),
                status: { code: OK },
              },
            ];
      if (first === undefined || last === undefined) return waited;
      return [
        ...waited,
        {
          ...child(['step', step.index]),
          name: `chat ${modelFacts(result)['gen_ai.request.model'] ?? ''}`,
          kind: CLIENT,
          ...timed({ fromUs: first.fromUs, toUs: last.toUs }),
          attributes: [
            ...attributesOf({ ...modelFacts(result), ...common }),
            ...callFacts(step, called),
          ],
          status: { code: step.state === 'completed' ? OK : ERROR },
        },
      ];
    }),
  ];
}

/** Every phase of a call under a name of our own: the conventions have none. */
function callFacts(step: StepRecord, spans: readonly Span[]): Attribute[] {
  const phases = new Map<SpanKind, number>();
  for (const { kind, fromUs, toUs } of spans) {
    phases.set(kind, (phases.get(kind) ?? 0) + toUs - fromUs);
  }
  return [
    ...attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': step.inputTokens,
      'gen_ai.usage.output_tokens': step.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': step.cachedTokens,
      'error.type': step.failure?.kind,
      'agent_latency_bench.step': step.index,
      'agent_latency_bench.bytes_sent': step.bytesSent,
    }),
    { key: 'gen_ai.request.stream', value: { boolValue: true } },
    ...(step.ttfeUs === null
      ? []
      : [{ key: 'gen_ai.response.time_to_first_chunk', value: seconds(step.ttfeUs) }]),
    ...[...phases].map(([kind, us]) => ({
      key: `agent_latency_bench.phase.${kind}`,
      value: seconds(us),
    })),
  ];
}
