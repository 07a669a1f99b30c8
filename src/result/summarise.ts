import {
  createHistogram,
  type Histogram,
  histogramOf,
  rateHistogramOf,
  summarise,
} from '../measure/histogram.ts';
import { awaitedStepsOf, completedOf, latencyUsOf, stepsOf, workflowsOf } from './query.ts';
import {
  type ConnectionRecord,
  type Counters,
  countersSchema,
  type RoundRecord,
  type StepRecord,
  type WorkflowRecord,
} from './record.ts';
import { type MetricName, metricUnit, type StepSummary, type TransportSummary } from './schema.ts';

/**
 * One transport in figures: counts, sums and the distribution of every metric over the measured rounds.
 * @param interToken gaps between output deltas, in µs: kept apart, because records hold no single event
 */
export function summariseTransport(
  name: string,
  rounds: readonly RoundRecord[],
  interToken: Histogram = createHistogram(),
): TransportSummary {
  const workflows = workflowsOf(name, rounds);
  return {
    workflows: workflowCounts(workflows),
    counters: sumCounters(workflows),
    metrics: Object.fromEntries(
      Object.entries(metricHistograms(workflows, interToken)).map(([metric, histogram]) => [
        metric,
        summarise(histogram, metricUnit(metric as MetricName)),
      ]),
    ),
    steps: stepSummaries(workflows.flatMap((workflow) => workflow.steps)),
  };
}

function metricHistograms(
  workflows: readonly WorkflowRecord[],
  interToken: Histogram,
): Record<MetricName, Histogram> {
  const connections = workflows.flatMap((workflow) => workflow.connections);
  const steps = completedOf(workflows.flatMap(stepsOf));
  const requestWritesUs = steps.map((step) => step.phases.requestWriteUs);
  const recoveries = workflows.flatMap((workflow) => workflow.recoveries ?? []);
  const toolTimesUs = steps.map((step) => step.phases.toolTimeUs);
  return {
    dns: histogramOf(present(connections.map((connection) => connection.dnsUs))),
    tcp_connect: histogramOf(connections.map((connection) => connection.tcpConnectUs)),
    proxy: histogramOf(connections.flatMap(({ proxyUs }) => proxyUs ?? [])),
    tls_handshake: histogramOf(present(connections.map((connection) => connection.tlsHandshakeUs))),
    ws_upgrade: histogramOf(present(connections.map((connection) => connection.wsUpgradeUs))),
    handshake: histogramOf(connections.map(handshakeUs)),
    // No write takes no time: 0 stands for one whose end nobody saw.
    request_write: histogramOf(requestWritesUs.filter((requestWriteUs) => requestWriteUs > 0)),
    upload: histogramOf(present(steps.map((step) => step.uploadUs))),
    step_ttfb: histogramOf(present(steps.map((step) => step.ttfbUs))),
    step_ttfe: histogramOf(present(steps.map((step) => step.ttfeUs))),
    step_ttft: histogramOf(present(steps.map((step) => step.ttftUs))),
    step_ttfo: histogramOf(present(steps.map((step) => step.ttfoUs))),
    inter_token: interToken,
    tpot: histogramOf(present(steps.map((step) => step.tpotUs))),
    step_duration: histogramOf(steps.map((step) => step.durationUs)),
    first_step: histogramOf(steps.filter(isFirst).map((step) => step.durationUs)),
    later_steps: histogramOf(steps.filter((step) => !isFirst(step)).map((step) => step.durationUs)),
    output_rate: rateHistogramOf(present(steps.map(outputRate))),
    // Steps that waited for no tool say nothing about waiting.
    tool_time: histogramOf(toolTimesUs.filter((toolTimeUs) => toolTimeUs > 0)),
    client_overhead: histogramOf(steps.map((step) => step.phases.clientOverheadUs)),
    time_to_notice: histogramOf(recoveries.flatMap(({ noticeUs }) => noticeUs ?? [])),
    recovery: histogramOf(present(recoveries.map(({ recoveryUs }) => recoveryUs))),
    dispatch_delay: histogramOf(workflows.flatMap(({ dispatchDelayUs }) => dispatchDelayUs ?? [])),
    service_time: histogramOf(
      completedOf(workflows)
        .filter(wasDue)
        .map(({ e2eUs }) => e2eUs),
    ),
    workflow_e2e: histogramOf(completedOf(workflows).map(latencyUsOf)),
    workflow_overhead: histogramOf(present(completedOf(workflows).map(overheadUs))),
  };
}

function wasDue({ dispatchDelayUs }: WorkflowRecord): boolean {
  return dispatchDelayUs !== undefined;
}

function isFirst({ index }: StepRecord): boolean {
  return index === 0;
}

/** Tokens per second of the whole step; null where the endpoint counts none, or the step took no time. */
function outputRate({ outputTokens, durationUs }: StepRecord): number | null {
  if (outputTokens === null || outputTokens === 0 || durationUs === 0) return null;
  return outputTokens / (durationUs / 1_000_000);
}

/** What is neither the tools' time nor the model's; null unless the server declares the model's for every step. */
function overheadUs(workflow: WorkflowRecord): number | null {
  const { e2eUs, phases } = workflow;
  const steps = awaitedStepsOf(workflow);
  const modelUs = present(steps.map(({ server }) => modelTimeUs(server?.stagesUs)));
  if (modelUs.length < steps.length) return null;
  return Math.max(
    0,
    modelUs.reduce((rest, us) => rest - us, e2eUs - phases.toolTimeUs),
  );
}

function modelTimeUs(
  stagesUs: NonNullable<StepRecord['server']>['stagesUs'] | undefined,
): number | null {
  if (stagesUs?.decode === undefined) return null;
  return (stagesUs.queue ?? 0) + (stagesUs.prefill ?? 0) + stagesUs.decode;
}

function handshakeUs(connection: ConnectionRecord): number {
  const { dnsUs, tcpConnectUs, proxyUs = 0, tlsHandshakeUs, wsUpgradeUs } = connection;
  return (dnsUs ?? 0) + tcpConnectUs + proxyUs + (tlsHandshakeUs ?? 0) + (wsUpgradeUs ?? 0);
}

function workflowCounts(workflows: readonly WorkflowRecord[]): TransportSummary['workflows'] {
  const aborted = workflows.filter((workflow) => workflow.state === 'aborted').length;
  return {
    attempted: workflows.length,
    completed: completedOf(workflows).length,
    failed: workflows.filter((workflow) => workflow.state === 'failed').length,
    ...(aborted > 0 && { aborted }),
  };
}

function sumCounters(workflows: readonly WorkflowRecord[]): Counters {
  const names = countersSchema.keyof().options;
  const sums = names.map((name) => [name, sumKnown(workflows.map((each) => each.counters[name]))]);
  const counters = Object.fromEntries(sums) as Counters;
  return workflows.length === 0 ? { ...counters, tokens_processed: null } : counters;
}

/** Null unless all are known. */
function sumKnown(counts: readonly (number | null)[]): number | null {
  return counts.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function stepSummaries(steps: readonly StepRecord[]): StepSummary[] {
  const byIndex = new Map<number, StepRecord[]>();
  for (const step of steps) {
    const sameStep = byIndex.get(step.index);
    if (sameStep === undefined) byIndex.set(step.index, [step]);
    else sameStep.push(step);
  }
  return [...byIndex]
    .sort(([a], [b]) => a - b)
    .map(([index, sameStep]) => stepSummary(index, sameStep));
}

function stepSummary(index: number, sameStep: readonly StepRecord[]): StepSummary {
  const completed = completedOf(sameStep);
  return {
    index,
    completed: completed.length,
    failed: sameStep.filter((step) => step.state === 'failed').length,
    metrics: {
      step_duration: summarise(histogramOf(completed.map((step) => step.durationUs))),
      step_ttft: summarise(histogramOf(present(completed.map((step) => step.ttftUs)))),
      step_ttfb: summarise(histogramOf(present(completed.map((step) => step.ttfbUs)))),
    },
    medianBytesSent: lowerMedian(completed.map((step) => step.bytesSent)),
  };
}

/** The middle value, the lower one of two: a number of bytes that was really sent. */
function lowerMedian(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? null;
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
