import { type Command, Option } from 'commander';
import type { ClaimsFlags } from '../actions/claims.ts';
import { duration } from '../flags/values.ts';

/** The flags and action of `claims`, added to its command. */
export function claimsCommand(command: Command): Command {
  return command
    .addOption(
      new Option('--budget <time>', 'measure for so long; the rest is estimated')
        .argParser(duration)
        .default(90_000, '90s'),
    )
    .option('-o, --out <file>', 'write it there too, whole or not at all')
    .option('-q, --quiet', 'nothing on stderr but errors')
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(['table', 'markdown', 'json'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench claims                          about 90 seconds
  $ agent-latency-bench claims --budget 15m --format markdown -o claims.md`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (flags: ClaimsFlags) => {
      const { claimsAction } = await import('../actions/claims.ts');
      await claimsAction(flags);
    });
}
