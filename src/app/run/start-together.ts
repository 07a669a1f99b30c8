import { waitMs } from '../../measure/wait.ts';
import type { Run } from '../../result/schema.ts';

/**
 * Waits until this machine's clock shows that moment; undefined where none was asked for.
 * @returns what was asked, and how late it was when the wait was over, for the result
 */
export async function startTogether(
  at: Date | undefined,
  signal: AbortSignal,
): Promise<Run['startAt']> {
  if (at === undefined) return undefined;
  const leftMs = (): number => at.getTime() - Date.now();
  // The clock of the day may be set while we wait.
  while (leftMs() > 0 && !signal.aborted) {
    await waitMs(Math.min(leftMs(), 1000), signal).catch(() => undefined);
  }
  return { asked: at.toISOString(), lateMs: Math.max(0, -leftMs()) };
}
