import type { RoundRecord } from './record.ts';
import type { Environment, Warning } from './schema.ts';

const BUSY_UTILISATION = 0.3;
const UNFIT_UTILISATION = 0.8;
const LATE_LOOP_US = 5000;
const STOLEN_LIMIT = 0.05;
const STALLED_LIMIT = 0.02;
const UNFIT_STALLED = 0.1;

/** Warnings of what the measuring process did to its own samples. */
export function noiseWarnings(
  noise: NonNullable<Environment['noise']>,
  rounds: readonly RoundRecord[],
): Warning[] {
  const { utilisation, loopDelayP99Us, stolenShare } = noise;
  const warnings: Warning[] = [];
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  if (utilisation > UNFIT_UTILISATION) {
    const message = `unfit: our own event loop was busy ${percent(utilisation)} of the time, so these are largely our own delays; lower the concurrency`;
    warnings.push({ code: 'unfit', message, utilisation });
  } else if (utilisation > BUSY_UTILISATION) {
    const message = `our own event loop was busy ${percent(utilisation)} of the time (above ${percent(BUSY_UTILISATION)} it shows in the samples); lower the concurrency`;
    warnings.push({ code: 'busy', message, utilisation });
  }
  if (loopDelayP99Us !== null && loopDelayP99Us > LATE_LOOP_US) {
    const message = `our own event loop was up to ${(loopDelayP99Us / 1000).toFixed(1)} ms late at the 99th percentile; run fewer rounds at once, on a quieter machine`;
    warnings.push({ code: 'late_loop', message, loopDelayP99Us });
  }
  const steps = rounds.flatMap(({ workflows }) =>
    Object.values(workflows).flatMap((workflow) => workflow.steps),
  );
  const stalledUs = steps.reduce((sum, step) => sum + (step.stalledUs ?? 0), 0);
  const stalledShare =
    stalledUs /
    Math.max(
      1,
      steps.reduce((sum, step) => sum + step.durationUs, 0),
    );
  if (stalledShare > STALLED_LIMIT) {
    const touched = steps.filter((step) => step.stalledUs !== undefined).length;
    const stalled = `our own event loop stood still for ${(stalledShare * 100).toFixed(1)} % of the steps' time, in ${touched} of ${steps.length} steps`;
    const unfit = stalledShare > UNFIT_STALLED;
    const message = unfit
      ? `unfit: ${stalled}, whoever took the processor: no difference is judged by such times; a quieter machine would tell`
      : `${stalled}; steps.csv says which`;
    const code = unfit ? 'unfit' : 'stalled_steps';
    warnings.push({ code, message, steps: touched, stalledShare });
  }
  if (stolenShare !== null && stolenShare > STOLEN_LIMIT) {
    const message = `the host took ${percent(stolenShare)} of this machine's CPU time away during the run`;
    warnings.push({ code: 'stolen_cpu', message, stolenShare });
  }
  return warnings;
}
