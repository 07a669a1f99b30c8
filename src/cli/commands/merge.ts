import type { Command } from 'commander';
import type { FlagsOf } from '../../app/options/settings/index.ts';
import { addSettings } from '../flags/settings-flags.ts';

/** Where shards may be missing. */
type MergeFlags = FlagsOf<'merge'> & { partial?: true };

/** The arguments, flags and action of `merge <result…>`, added to its command. */
export function mergeCommand(command: Command): Command {
  command
    .argument('<result...>', 'result.json of each run, or the folder that holds it')
    .option('--partial', 'go on where shards are missing or not complete; the result says so');
  return addSettings(command, 'merge')
    .addHelpText(
      'after',
      `
Exit code 2: not of one measurement, one there twice, or one missing (unless --partial).

Examples:
  $ agent-latency-bench run quick --shard 1/2     on one machine, --shard 2/2 on another
  $ agent-latency-bench merge shards/*/ -o results
  $ agent-latency-bench merge shards/*/ --partial --format markdown`,
    )
    .action(async (files: string[], flags: MergeFlags) => {
      const { mergeAction } = await import('../actions/merge.ts');
      await mergeAction(files, flags);
    });
}
