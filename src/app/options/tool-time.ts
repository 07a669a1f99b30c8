import type { ResolvedOptions } from './resolve.ts';

/** The factor that scripted tool waits are multiplied by; 0 skips them. */
export function toolTimeFactor(toolTime: ResolvedOptions['toolTime']): number {
  if (toolTime === 'recorded') return 1;
  return toolTime === 'none' ? 0 : toolTime;
}
