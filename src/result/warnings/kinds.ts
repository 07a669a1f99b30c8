import type { Oddity } from '../../measure/marks.ts';
import type { Warning } from '../schema.ts';

/** The facts of a warning, by its code: of a run's own noise, of what it measured, of how it went, of a gate. */
export type WarningFacts =
  | { code: 'unfit'; utilisation: number; workers?: BusyWorkers }
  | { code: 'unfit'; steps: number; allSteps: number; stalledShare: number }
  | { code: 'busy'; utilisation: number; limit: number; workers?: BusyWorkers }
  | { code: 'main_busy'; utilisation: number }
  | { code: 'late_loop'; loopDelayP99Us: number }
  | { code: 'stalled_steps'; steps: number; allSteps: number; stalledShare: number }
  | { code: 'stolen_cpu'; stolenShare: number }
  | { code: 'outcomes_differ'; rounds: number; allRounds: number }
  | { code: 'output_differs'; least: ModelOutput; most: ModelOutput }
  | OfTransport<'residual', { workflows: number; allWorkflows: number; worstPercent: number }>
  | OfTransport<'handshakes_paced', { pacedUs: number; totalUs: number }>
  | OfTransport<'script_left', { steps: number; allSteps: number }>
  | OfTransport<'clamped', { workflows: number }>
  | OfTransport<'fell_back', { workflows: number; allWorkflows: number }>
  | OfTransport<'stray_events', { events: number }>
  | OfTransport<'overlooked', { times: Partial<Record<Oddity, number>> }>
  | OfTransport<'server_contradicted', { steps: number; allSteps: number }>
  | OfTransport<'drift', { base: string; changePercent: number }>
  | OfTransport<
      'rounds_correlate',
      { base: string; lag1: number; rounds: number; worthRounds: number }
    >
  | OfTransport<
      'fell_behind',
      { offeredPerSecond: number; completedPerSecond: number | null; growth: number }
    >
  | OfTransport<'held_back', { workflows: number; allWorkflows: number; mostOpen: number }>
  | { code: 'aa_differs'; base: string; lowerRatio: number; upperRatio: number }
  | { code: 'redirected'; redirects: number; url: string }
  | OfTransport<'unsupported', { provider: string; why: string }>
  | { code: 'field_refused'; field: string }
  | { code: 'idle_cache_off'; kinds: readonly string[]; profile: string }
  | { code: 'history_unread'; profile: string }
  | { code: 'compressed_tool_time' }
  | { code: 'precision_missed'; askedPercent: number; gotPercent: number | null; cap: Cap }
  | { code: 'baseline_missing'; reason: string }
  | { code: 'baseline_unlike'; differences: readonly Unlike[] }
  | { code: 'advisory'; differences: readonly Unlike[]; forced: boolean }
  | { code: 'not_interleaved' }
  | { code: 'too_few_rounds'; pairs: number; comparisons: number; neededRounds: number }
  | { code: 'machines_differ'; machines: readonly string[] }
  | { code: 'shards_missing'; missing: readonly number[]; count: number }
  | { code: 'shards_incomplete'; shards: readonly string[] }
  | { code: 'incomplete'; stopReason: string | undefined }
  | OfTransport<'failed_workflows', { workflows: number; allWorkflows: number }>;

/** The name of a kind of warning, as results carry it. */
export type WarningCode = WarningFacts['code'];

/** The facts of one kind of warning. */
export type FactsOf<Code extends WarningCode> = Extract<WarningFacts, { code: Code }>;

type OfTransport<Code extends string, Facts> = { code: Code; transport: string } & Facts;

/** The worker threads that were as busy as that, from 1 on, and how many there were. */
export interface BusyWorkers {
  which: readonly number[];
  of: number;
}

interface ModelOutput {
  transport: string;
  tokensPerWorkflow: number;
}

type Cap = { kind: 'time' } | { kind: 'rounds'; maxRounds: number };

/** One of the things in which two results were not measured alike. */
interface Unlike {
  key: string;
  base: string;
  candidate: string;
}

/** Whether a document carries a warning of that kind. */
export function hasWarning(
  { warnings }: { warnings: readonly Pick<Warning, 'code'>[] },
  code: WarningCode,
): boolean {
  return warnings.some((warning) => warning.code === code);
}
