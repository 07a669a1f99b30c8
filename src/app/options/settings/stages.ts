import { UsageError } from '../../../errors.ts';
import { parseDurationMs, parsePerSecond } from '../../../units.ts';

/** A stage of a load: in that time in a straight line to so many workflows per second, or sessions at once. */
export type LoadStage = { durationMs: number } & ({ ratePerSecond: number } | { sessions: number });

/**
 * The stages of a load as k6 writes them: `30s:100,2m:100` of sessions at once, `30s:20/s` of workflows per second.
 * @throws UsageError naming `where` if the text is none
 */
export function parseStages(text: string, where: string): LoadStage[] {
  return text.split(',').map((stage) => {
    const [time = '', target = '', ...rest] = stage.trim().split(':');
    if (rest.length > 0 || !/^\d/.test(target)) {
      throw new UsageError(
        `${where}: expected stages such as 30s:100,2m:100 or 30s:20/s,2m:20/s, got ${JSON.stringify(stage)}`,
      );
    }
    const durationMs = parseDurationMs(time, where);
    if (target.includes('/')) return { durationMs, ratePerSecond: parsePerSecond(target, where) };
    return { durationMs, sessions: parsePerSecond(target, where) };
  });
}
