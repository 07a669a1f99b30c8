import type { Command } from 'commander';
import type { EstimateOptions } from '../../app/estimate.ts';
import { settings } from '../../app/options/settings/index.ts';
import { linkOf, type RunFlags, transportsOf } from './run-flags.ts';
import { optionOf } from './settings-flags.ts';

/** The flags of `run` that say how long a workflow takes at the bundled mock and may be given once. */
const conditionNames = [
  'transports',
  'tls',
  'link',
  'bandwidth',
  'jitter',
  'slowStart',
  'idleRestart',
  'toolTime',
  'seed',
] as const satisfies (keyof typeof settings)[];

/** The same, and those that are axes of a map, as commander hands them over. */
export type ConditionFlags = Pick<RunFlags, (typeof conditionNames)[number] | 'rtt' | 'profile'>;

/** A command with these flags of `run` added. */
export function addConditions(command: Command): Command {
  for (const name of conditionNames) command.addOption(optionOf(settings[name], 'run'));
  return command;
}

/**
 * The options of an estimate, less its scenario, from its flags.
 * @throws UsageError for flags that contradict each other.
 */
export function estimateOptionsOf(flags: ConditionFlags): Omit<EstimateOptions, 'scenario'> {
  const { transports, profile, tls, toolTime, seed } = flags;
  const link = linkOf(flags);
  return {
    ...(transports && { transports: transportsOf(transports, flags) }),
    mock: { tls, ...(profile !== undefined && { profile }) },
    ...(link && { link }),
    ...(toolTime !== undefined && { toolTime }),
    ...(seed !== undefined && { seed }),
  };
}
