import type { Command } from 'commander';
import type { OutputFlags } from './output-flags.ts';
import type { RunFlags } from './run-flags.ts';
import { collect, duration, percent } from './values.ts';

/** The flags that say what a result must keep. */
export interface GateFlags extends MarginFlags {
  threshold?: string[];
  baseline?: string;
  strict?: true;
  requireBaseline?: true;
}

/** The flags that say how two results are compared. */
export interface MarginFlags {
  maxRegression?: number;
  minAbs?: number;
  force?: true;
}

/** The flags of `gate` that speak of one side. */
interface SideFlags {
  baseUrl?: string;
  scenario?: string;
  baseModel?: string;
  baseApiKeyEnv?: string;
  baseHeader?: Record<string, string>;
}

/** All flags of `gate`. */
export type AllGateFlags = GateFlags & SideFlags & Omit<RunFlags, 'tls'> & OutputFlags;

/** Adds the flags that hold a result against limits and a baseline, in a group of their own. */
export function addGateFlags(command: Command): Command {
  command
    .optionsGroup('What must be kept (exit codes 99, 3, 5, 4):')
    .option(
      '--threshold <limit>',
      "a limit such as 'ws.workflow_e2e: p(95)<4s' or 'failed: rate<1%'; warn: or abort: in front; repeatable",
      collect,
    )
    .option('--baseline <result>', 'a result to compare with: a file, or the folder of a run');
  return addMarginFlags(command)
    .option('--strict', 'exit code 4 if a check is inconclusive or the machine was unfit')
    .option('--require-baseline', 'exit code 5 if the baseline is missing or not alike');
}

/** Adds the flags that say how two results are compared. */
export function addMarginFlags(command: Command): Command {
  return command
    .option('--max-regression <percent>', 'a slowdown up to this is allowed (default: 5%)', percent)
    .option('--min-abs <time>', 'a slowdown up to this is allowed too (default: 2ms)', duration)
    .option('--force', 'compare results that were not measured alike, as advice');
}
