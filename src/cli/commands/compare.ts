import type { Command } from 'commander';
import type { MarginFlags } from '../flags/gate-flags.ts';
import type { OutputFlags } from '../flags/output-flags.ts';
import { addSettings } from '../flags/settings-flags.ts';

/** The arguments, flags and action of `compare <base> <candidate>`, added to its command. */
export function compareCommand(command: Command): Command {
  command
    .argument('<base>', 'result.json, or the folder that holds it')
    .argument('<candidate>', 'the one that may have become slower');
  return addSettings(command, 'compare')
    .addHelpText(
      'after',
      `
Exit code 0: no confirmed regression; 2: not measured alike, or no results; 3: a confirmed regression.

Examples:
  $ agent-latency-bench compare results/20261122T181530Z-quick results/20261123T090000Z-quick
  $ agent-latency-bench compare before.json after.json --max-regression 10% --format markdown`,
    )
    .action(async (base: string, candidate: string, flags: MarginFlags & OutputFlags) => {
      const { compareAction } = await import('../actions/compare.ts');
      await compareAction(base, candidate, flags);
    });
}
