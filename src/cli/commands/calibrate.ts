import { Command } from 'commander';

/** `calibrate`. */
export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description('Measure our own error against injected truth; takes a second or two.')
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
