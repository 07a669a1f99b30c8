import type { RoundRecord, WorkflowRecord } from '../../result/record.ts';
import type { Comparison, Environment } from '../../result/schema.ts';
import { pairedChange } from '../change/paired-change.ts';
import { pairsOf } from '../change/pairs.ts';

/** A step waits for our event loop when its answer ends and, before the next, when its tool's time is over. */
const WAITS_PER_STEP = 2;

/**
 * Whether the difference that an interval shows between two arms is still there when all of our own delay is counted
 * against it: the rounds are compared anew, the slower arm without the time that our event loop stood still in its steps,
 * and the faster arm as it was. Delays too short to be recorded step by step count as what the loop is late at the median,
 * twice a step. False where there is no difference.
 */
export function survivesOwnDelay(
  { base, candidate, interval }: Pick<Comparison, 'base' | 'candidate' | 'interval'>,
  rounds: readonly RoundRecord[],
  noise: Environment['noise'],
): boolean {
  if (interval === null || (interval.lower <= 1 && interval.upper >= 1)) return false;
  const isSlower = interval.lower > 1;
  const slower = isSlower ? candidate : base;
  const relieved = rounds.map((round) => withoutOurDelay(round, slower, noise));
  const { interval: left } = pairedChange(pairsOf(base, candidate, 'workflow_e2e', relieved));
  return left !== null && (isSlower ? left.lower > 1 : left.upper < 1);
}

function withoutOurDelay(
  round: RoundRecord,
  arm: string,
  noise: Environment['noise'],
): RoundRecord {
  const workflow = round.workflows[arm];
  if (workflow === undefined) return round;
  const e2eUs = Math.max(1, workflow.e2eUs - ourDelayUs(workflow, noise));
  return { ...round, workflows: { ...round.workflows, [arm]: { ...workflow, e2eUs } } };
}

function ourDelayUs({ steps }: WorkflowRecord, noise: Environment['noise']): number {
  const stalledUs = steps.reduce((sum, step) => sum + (step.stalledUs ?? 0), 0);
  return stalledUs + steps.length * WAITS_PER_STEP * (noise?.loopDelayP50Us ?? 0);
}
