import type { BreakEven } from '../../result/attribution.ts';
import type { StepRecord, WorkflowRecord } from '../../result/record.ts';
import { medianInterval } from '../../stats/median-interval.ts';
import { median } from '../../stats/percentile.ts';

/** Both sides of one round, both completed. */
export type Pair = readonly [base: WorkflowRecord, candidate: WorkflowRecord];

/**
 * The step from which a candidate is ahead and stays so: from there on, the median over the rounds of its time so far less
 * the base's is below 0. Tool times are scripted alike and left out; what an opening connection costs is in its step. The
 * interval is that of these medians, read across: its ends are where the bands of all steps from there on lie below 0.
 * Undefined without rounds or steps.
 */
export function breakEven(
  base: string,
  candidate: string,
  pairs: readonly Pair[],
): BreakEven | undefined {
  const leads = leadsUs(pairs);
  const medians = leads.map((us) => median(us) ?? NaN);
  const [first, last] = [medians[0], medians.at(-1)];
  if (first === undefined || last === undefined || pairs.length === 0) return undefined;
  const bands = leads.flatMap((us) => medianInterval(us) ?? []);
  const [band] = bands;
  return {
    base,
    candidate,
    rounds: pairs.length,
    steps: leads.length,
    firstStepUs: Math.round(first),
    lastStepUs: Math.round(last),
    fromStep: aheadFrom(medians),
    interval: band
      ? {
          level: band.level,
          lower: aheadFrom(bands.map(({ lower }) => lower)),
          upper: aheadFrom(bands.map(({ upper }) => upper)),
        }
      : null,
  };
}

/** For every step: candidate's time so far less the base's, of every round in ascending order. */
function leadsUs(pairs: readonly Pair[]): number[][] {
  const steps = Math.min(...pairs.flat().map((workflow) => workflow.steps.length));
  if (!Number.isFinite(steps)) return [];
  const byRound = pairs.map(([base, candidate]) => {
    let leadUs = 0;
    return Array.from({ length: steps }, (_, step) => {
      leadUs += untilEndUs(candidate.steps[step]) - untilEndUs(base.steps[step]);
      return leadUs;
    });
  });
  return Array.from({ length: steps }, (_, step) =>
    byRound.map((leads) => leads[step] ?? NaN).sort((a, b) => a - b),
  );
}

/** What a step took, sub-agents that it waited for included. */
function untilEndUs(step: StepRecord | undefined): number {
  return (step?.durationUs ?? 0) + (step?.agentsUs ?? 0);
}

/** The step, from 1, from which on all values are below 0; null if the last one isn't. */
export function aheadFrom(values: readonly number[]): number | null {
  const behind = values.findLastIndex((value) => value >= 0);
  return behind === values.length - 1 ? null : behind + 2;
}
