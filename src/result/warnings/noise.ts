import { stepsOf } from '../query.ts';
import type { RoundRecord } from '../record.ts';
import type { Environment } from '../schema.ts';
import type { BusyWorkers, WarningFacts } from './kinds.ts';

const BUSY_UTILISATION = 0.3;
const UNFIT_UTILISATION = 0.8;
const LATE_LOOP_US = 5000;
const STOLEN_LIMIT = 0.05;
const STALLED_LIMIT = 0.02;
const UNFIT_STALLED = 0.1;

/** The facts to warn of that show what the measuring process did to its own samples. */
export function noiseWarnings(
  noise: NonNullable<Environment['noise']>,
  rounds: readonly RoundRecord[],
): WarningFacts[] {
  const { loopDelayP99Us, stolenShare, mainUtilisation = 0 } = noise;
  return [
    ...busyWarnings(noise),
    ...(mainUtilisation > UNFIT_UTILISATION
      ? [{ code: 'main_busy' as const, utilisation: mainUtilisation }]
      : []),
    ...(loopDelayP99Us !== null && loopDelayP99Us > LATE_LOOP_US
      ? [{ code: 'late_loop' as const, loopDelayP99Us }]
      : []),
    ...stallWarnings(rounds),
    ...(stolenShare !== null && stolenShare > STOLEN_LIMIT
      ? [{ code: 'stolen_cpu' as const, stolenShare }]
      : []),
  ];
}

function busyWarnings({
  utilisation,
  workers = [],
}: NonNullable<Environment['noise']>): WarningFacts[] {
  const busierThan = (limit: number): { workers?: BusyWorkers } => {
    const which = workers.flatMap((worker, at) => (worker.utilisation > limit ? [at + 1] : []));
    return workers.length === 0 ? {} : { workers: { which, of: workers.length } };
  };
  if (utilisation > UNFIT_UTILISATION) {
    return [{ code: 'unfit', utilisation, ...busierThan(UNFIT_UTILISATION) }];
  }
  if (utilisation <= BUSY_UTILISATION) return [];
  return [{ code: 'busy', utilisation, limit: BUSY_UTILISATION, ...busierThan(BUSY_UTILISATION) }];
}

function stallWarnings(rounds: readonly RoundRecord[]): WarningFacts[] {
  const all = rounds.flatMap(({ workflows }) => Object.values(workflows).flatMap(stepsOf));
  const stalledUs = all.reduce((sum, step) => sum + (step.stalledUs ?? 0), 0);
  const durationUs = all.reduce((sum, step) => sum + step.durationUs, 0);
  const stalledShare = stalledUs / Math.max(1, durationUs);
  if (stalledShare <= STALLED_LIMIT) return [];
  const steps = all.filter((step) => step.stalledUs !== undefined).length;
  const facts = { steps, allSteps: all.length, stalledShare };
  const isUnfit = stalledShare > UNFIT_STALLED;
  return [isUnfit ? { code: 'unfit', ...facts } : { code: 'stalled_steps', ...facts }];
}
