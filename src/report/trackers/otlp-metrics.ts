import { completedOf, workflowsOf } from '../../result/query.ts';
import type { StepRecord, WorkflowRecord } from '../../result/record.ts';
import type { Result } from '../../result/schema.ts';
import { attributesOf, modelFacts, nanosOf, resourceOf, scopeOf } from './otlp.ts';

/**
 * OTLP JSON lines (https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/): each a whole request to `/v1/metrics`
 * with the histograms of one transport, by the names and over the bounds of the GenAI conventions
 * (https://github.com/open-telemetry/semantic-conventions-genai). Of what completed, as in every report.
 */
export function* otlpMetrics(result: Result): Generator<string> {
  for (const transport of result.run.options.transports) {
    const workflows = completedOf(workflowsOf(transport, result.rounds));
    const metrics = instruments.map((instrument) =>
      metricOf(result, transport, workflows, instrument),
    );
    const scopeMetrics = [{ scope: scopeOf(result), metrics }];
    yield `${JSON.stringify({ resourceMetrics: [{ resource: resourceOf(result), scopeMetrics }] })}\n`;
  }
}

/** Every recorded value once: this run's, not a sum that goes on. */
const DELTA = 1;

/** Seconds, as the conventions advise. */
const bounds = Array.from({ length: 14 }, (_, power) => Number((0.01 * 2 ** power).toFixed(2)));

interface Instrument {
  name: string;
  operation: string;
  description: string;
  /** In µs. */
  values: (workflow: WorkflowRecord) => number[];
}

const instruments: readonly Instrument[] = [
  {
    name: 'gen_ai.workflow.duration',
    operation: 'invoke_workflow',
    description: 'Duration of a workflow.',
    values: ({ e2eUs }) => [e2eUs],
  },
  {
    name: 'gen_ai.client.operation.duration',
    operation: 'chat',
    description: 'GenAI operation duration.',
    values: ofSteps(({ durationUs }) => durationUs),
  },
  {
    name: 'gen_ai.client.operation.time_to_first_chunk',
    operation: 'chat',
    description: 'Time to receive the first chunk.',
    values: ofSteps(({ ttfeUs }) => ttfeUs),
  },
  {
    name: 'gen_ai.execute_tool.duration',
    operation: 'execute_tool',
    description: 'Duration of a tool execution.',
    values: ofSteps(({ phases }) => (phases.toolTimeUs > 0 ? phases.toolTimeUs : null)),
  },
];

function ofSteps(of: (step: StepRecord) => number | null): Instrument['values'] {
  return ({ steps }) => completedOf(steps).flatMap((step) => of(step) ?? []);
}

function metricOf(
  result: Result,
  transport: string,
  workflows: readonly WorkflowRecord[],
  { name, operation, description, values }: Instrument,
) {
  const taken = workflows
    .flatMap(values)
    .map((us) => us / 1_000_000)
    .sort((a, b) => a - b);
  const facts = {
    'gen_ai.operation.name': operation,
    ...(operation === 'chat' && modelFacts(result)),
    ...(operation === 'invoke_workflow' && { 'gen_ai.workflow.name': result.run.scenario.name }),
    'agent_latency_bench.transport': transport,
  };
  const point = {
    attributes: attributesOf(facts),
    startTimeUnixNano: nanosOf(result, 0),
    timeUnixNano: `${Date.parse(result.run.finishedAt)}000000`,
    count: String(taken.length),
    sum: taken.reduce((sum, value) => sum + value, 0),
    bucketCounts: bucketCounts(taken).map(String),
    explicitBounds: bounds,
    ...(taken.length > 0 && { min: taken[0], max: taken.at(-1) }),
  };
  const dataPoints = taken.length === 0 ? [] : [point];
  return { name, description, unit: 's', histogram: { aggregationTemporality: DELTA, dataPoints } };
}

/** How many values each bucket holds; a bound belongs to the bucket below it. */
function bucketCounts(values: readonly number[]): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const value of values) {
    const bucket = bounds.findIndex((bound) => value <= bound);
    const at = bucket === -1 ? bounds.length : bucket;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
