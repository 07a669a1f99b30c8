import type { Environment } from '../../result/schema.ts';

/** What disturbed a generator, as a result holds it. */
export type NoiseRecord = NonNullable<Environment['noise']>;

/** The noise of several threads or machines as one: each figure is that of the worst of them, what was counted is added up. */
export function poolNoise(noises: readonly NoiseRecord[]): NoiseRecord | undefined {
  if (noises.length === 0) return undefined;
  const worst = (figures: readonly (number | null)[]): number | null =>
    figures.reduce(
      (most, figure) => (most === null ? figure : Math.max(most, figure ?? most)),
      null,
    );
  const sum = (figures: readonly number[]): number => figures.reduce((a, b) => a + b, 0);
  const workers = noises.flatMap((noise) => noise.workers ?? []);
  const mains = noises.flatMap(({ mainUtilisation }) => mainUtilisation ?? []);
  return {
    loopDelayP50Us: worst(noises.map(({ loopDelayP50Us }) => loopDelayP50Us)),
    loopDelayP99Us: worst(noises.map(({ loopDelayP99Us }) => loopDelayP99Us)),
    loopDelayMaxUs: worst(noises.map(({ loopDelayMaxUs }) => loopDelayMaxUs)),
    utilisation: Math.max(...noises.map(({ utilisation }) => utilisation)),
    gcPauses: sum(noises.map(({ gcPauses }) => gcPauses)),
    gcTotalUs: sum(noises.map(({ gcTotalUs }) => gcTotalUs)),
    gcMaxUs: Math.max(...noises.map(({ gcMaxUs }) => gcMaxUs)),
    stolenShare: worst(noises.map(({ stolenShare }) => stolenShare)),
    ...(workers.length > 0 && { workers }),
    ...(mains.length > 0 && { mainUtilisation: Math.max(...mains) }),
  };
}
