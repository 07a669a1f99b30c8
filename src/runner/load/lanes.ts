import { nowUs } from '../../measure/clock.ts';
import { waitMs } from '../../measure/wait.ts';
import { aboveFromUs, type Stage } from './stages.ts';

/**
 * What lets lanes begin their rounds so that as many sessions are open as the stages say; a fraction counts as one more.
 * The stages begin when the first lane asks.
 */
export function lanesIn(
  stages: readonly Stage[],
  signal: AbortSignal,
): (lane: number) => Promise<boolean> {
  let beganUs: number | undefined;
  return async (lane) => {
    beganUs ??= nowUs();
    for (;;) {
      const elapsedUs = nowUs() - beganUs;
      const fromUs = aboveFromUs(stages, lane, elapsedUs);
      if (fromUs === undefined) return false;
      if (fromUs <= elapsedUs) return true;
      await waitMs((fromUs - elapsedUs) / 1000, signal).catch(() => undefined);
      if (signal.aborted) return false;
    }
  };
}
