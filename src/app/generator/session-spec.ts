import { defaultRecovery } from '../../runner/recovery/recovery.ts';
import type { Slot } from '../../runner/schedule.ts';
import type { SessionSpec } from '../../runner/session.ts';
import type { Script } from '../../scenario/script.ts';
import { type TransportName, transports } from '../../transport/index.ts';
import { toolTimeFactor } from '../options/tool-time.ts';
import type { SessionOptions } from './plan.ts';

/** What the sessions of an arm have in common. */
interface ArmSetup {
  script: Script;
  model: string;
  transport: TransportName;
  options: SessionOptions;
  /** Of its requests. */
  cacheKey: string | undefined;
}

/** The session of an arm in one round; tools don't wait while a run warms up. */
export function sessionSpec(
  { script, model, transport, options, cacheKey }: ArmSetup,
  { round, warmup, due }: Omit<Slot<unknown>, 'arm'>,
): SessionSpec {
  return {
    script,
    model,
    policy: transports[transport],
    toolTimeFactor: warmup ? 0 : toolTimeFactor(options.toolTime),
    timeoutMs: options.timeoutMs,
    shape: { toolChoice: options.request.toolChoice, omit: options.request.omit, cacheKey },
    recovery: { ...defaultRecovery, ...options.recovery },
    // The same waits in the same round for every transport.
    seed: options.seed + round,
    due,
  };
}
