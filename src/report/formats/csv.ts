import { armsOf } from '../../result/control.ts';
import { cachedShareOf, fellBackOf, processedShareOf, sentShareOf } from '../../result/query.ts';
import type { RoundRecord, StepRecord, WorkflowRecord } from '../../result/record.ts';
import type { Comparison, Result } from '../../result/schema.ts';

import { adjustedE2eUs, adjustedPercentiles } from '../blocks/adjusted.ts';

type Value = string | number | boolean | null | undefined;
type Row = Record<string, Value>;

/**
 * `summary.csv`: one row per transport and metric, durations in µs, empty where there is no value. What speaks of
 * whole workflows stands in the row `workflow_e2e`; `p50_adj` and the like count a failed one as `Infinity`. `base_ratio`
 * is the median ratio to the base of the run, `kept_http_ratio` that to the best HTTP that keeps its connections.
 */
export function summaryCsv(result: Result): string {
  const rows = armsOf(result.run.options).flatMap((transport) =>
    Object.entries(result.transports[transport]?.metrics ?? {}).map(([metric, figures]) => {
      const { histogram: _, ...numbers } = figures;
      const workflows = metric === 'workflow_e2e' ? workflowColumns(result, transport) : {};
      return {
        transport,
        metric,
        ...numbers,
        ...workflows,
        ...changeColumns(result, transport, metric),
      };
    }),
  );
  return csvOf(rows, summaryColumns);
}

function workflowColumns({ transports, rounds }: Result, transport: string): Row {
  const workflows = rounds.flatMap((round) => round.workflows[transport] ?? []);
  const { attempted, failed } = transports[transport]?.workflows ?? {};
  const counters = transports[transport]?.counters;
  return {
    ...Object.fromEntries(
      adjustedPercentiles.map((each) => [`p${each}_adj`, adjustedE2eUs(workflows, each)]),
    ),
    attempted,
    failed,
    fell_back: fellBackOf(workflows).length,
    reconnects: counters?.reconnects,
    fallbacks: counters?.fallbacks,
    resends: counters?.resends,
    retries: counters?.retries,
    wasted_output_tokens: counters?.wasted_output_tokens,
    cached_share: counters && cachedShareOf(counters),
    prompt_tokens: counters?.prompt_tokens,
    input_tokens_sent: counters?.input_tokens_sent,
    tokens_processed: counters?.tokens_processed,
    sent_share: counters && sentShareOf(counters),
    processed_share: counters && processedShareOf(counters),
  };
}

/** What changed against the base of the run, and against the best HTTP that keeps its connections. */
function changeColumns({ run, comparisons }: Result, transport: string, metric: string): Row {
  const own = comparisons.filter((each) => each.candidate === transport && each.metric === metric);
  const isFirst = ({ base }: Comparison): boolean => base === run.options.transports[0];
  return {
    ...changeRow('base', own.find(isFirst)),
    ...changeRow(
      'kept_http',
      own.find((each) => !isFirst(each)),
    ),
  };
}

function changeRow(role: 'base' | 'kept_http', comparison: Comparison | undefined): Row {
  if (comparison === undefined) return {};
  const { base, pairs, medianRatio, interval, test, adjustedP } = comparison;
  return {
    [role]: base,
    [`${role}_pairs`]: pairs,
    [`${role}_ratio`]: medianRatio,
    [`${role}_ratio_lower`]: interval?.lower,
    [`${role}_ratio_upper`]: interval?.upper,
    [`${role}_p`]: test?.p,
    [`${role}_p_adjusted`]: adjustedP,
  };
}

/** `steps.csv`: one row per step of every workflow, durations in µs, empty where there is no value. */
export function stepsCsv(result: Result): string {
  const rows = result.rounds.flatMap((round) =>
    Object.entries(round.workflows).flatMap(([transport, workflow]) =>
      [{ name: '', steps: workflow.steps }, ...(workflow.agents ?? [])].flatMap((agent) =>
        agent.steps.map((step) => ({
          ...stepRow(round, transport, workflow, step),
          agent: agent.name,
        })),
      ),
    ),
  );
  return csvOf(rows, stepColumns);
}

function stepRow(
  round: RoundRecord,
  transport: string,
  workflow: WorkflowRecord,
  step: StepRecord,
): Row {
  const { phases, failure } = step;
  return {
    round: round.index,
    transport,
    position: round.order.indexOf(transport),
    workflow_state: workflow.state,
    step: step.index,
    state: step.state,
    failure_kind: failure?.kind,
    failure_status: failure?.status,
    failure_code: failure?.code,
    deviations: step.deviations?.join(' '),
    attempts: step.attempts ?? 1,
    duration_us: step.durationUs,
    ttfb_us: step.ttfbUs,
    ttfe_us: step.ttfeUs,
    ttft_us: step.ttftUs,
    ttfo_us: step.ttfoUs,
    idle_us: step.idleUs,
    upload_us: step.uploadUs,
    tpot_us: step.tpotUs,
    handshake_us: phases.handshakeUs,
    request_write_us: phases.requestWriteUs,
    waiting_us: phases.waitingUs,
    streaming_us: phases.streamingUs,
    tool_time_us: phases.toolTimeUs,
    client_overhead_us: phases.clientOverheadUs,
    recovery_us: phases.recoveryUs,
    residual_us: phases.residualUs,
    stalled_us: step.stalledUs ?? 0,
    payload_bytes_sent: step.payloadBytesSent,
    bytes_sent: step.bytesSent,
    bytes_received: step.bytesReceived,
    input_tokens: step.inputTokens,
    cached_tokens: step.cachedTokens,
    output_tokens: step.outputTokens,
  };
}

const summaryColumns = [
  'transport metric unit count mean stddev min max p50 p90 p95 p99',
  'p50_adj p90_adj p95_adj p99_adj attempted failed fell_back',
  'reconnects fallbacks resends retries wasted_output_tokens cached_share',
  'prompt_tokens input_tokens_sent tokens_processed sent_share processed_share',
  ...['base', 'kept_http'].map(
    (role) =>
      `${role} ${role}_pairs ${role}_ratio ${role}_ratio_lower ${role}_ratio_upper ${role}_p ${role}_p_adjusted`,
  ),
].flatMap((group) => group.split(' '));

const stepColumns = [
  'round transport position workflow_state step state failure_kind failure_status failure_code deviations attempts',
  'duration_us ttfb_us ttfe_us ttft_us ttfo_us idle_us upload_us tpot_us',
  'handshake_us request_write_us waiting_us streaming_us tool_time_us client_overhead_us recovery_us residual_us stalled_us',
  'payload_bytes_sent bytes_sent bytes_received input_tokens cached_tokens output_tokens agent',
].flatMap((group) => group.split(' '));

export function csvOf(rows: readonly Row[], columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((column) => csvCell(row[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\n`).join('');
}

/**
 * RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe and quotes (OWASP, CSV injection).
 * Quoted are also texts with a semicolon or a tab, at which spreadsheets of many countries split.
 */
function csvCell(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /^'|[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
