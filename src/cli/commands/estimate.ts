import { type Command, Option } from 'commander';
import type { EstimateFlags } from '../actions/estimate.ts';
import { addAxes } from '../flags/axis-flags.ts';
import { addConditions } from '../flags/estimate-flags.ts';
import { percent, wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `estimate [scenario…]`, added to its command. */
export function estimateCommand(command: Command): Command {
  command.argument('[scenario...]', 'bundled scenarios or scenario files (default: coding-agent)');
  addConditions(command);
  return addAxes(command)
    .option(
      '--sessions <n>',
      'so many share the server; goes with a profile that has decode slots',
      wholeNumber(1, 100_000),
    )
    .optionsGroup('What to print:')
    .option(
      '--target <percent>',
      'what would have to be true for WebSocket to be faster by so much',
      percent,
    )
    .addOption(
      new Option('--format <format>', 'what to print; csv of a map')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench estimate --rtt 40ms             coding-agent over a path of 40 ms
  $ agent-latency-bench estimate quick chat -t all --link intercontinental
  $ agent-latency-bench estimate --rtt 1ms..300ms --steps 2..50
  $ agent-latency-bench estimate --steps 20 --target 40%
  $ agent-latency-bench estimate my-agent.yaml --profile flagship --format json`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (scenarios: string[], flags: EstimateFlags) => {
      const { estimateAction } = await import('../actions/estimate.ts');
      await estimateAction(scenarios, flags);
    });
}
