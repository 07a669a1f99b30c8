import type { Command } from 'commander';

/** The arguments, flags and action of `calibrate`, added to its command. */
export function calibrateCommand(command: Command): Command {
  return command
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Every run does this first and stores it; differences below the noise floor are not claimed.

Examples:
  $ agent-latency-bench calibrate`,
    )
    .action(async (flags: { json?: true }) => {
      const { calibrateAction } = await import('../actions/calibrate.ts');
      await calibrateAction(flags);
    });
}
