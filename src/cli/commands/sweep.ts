import { type Command, Option } from 'commander';
import type { SweepFlags } from '../actions/sweep.ts';
import { addAxes } from '../flags/axis-flags.ts';
import { addConditions } from '../flags/estimate-flags.ts';
import { duration, wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `sweep [scenario]`, added to its command. */
export function sweepCommand(command: Command): Command {
  command.argument('[scenario]', 'a bundled scenario or a scenario file', 'coding-agent');
  addConditions(command);
  return addAxes(command)
    .optionsGroup('How to measure:')
    .option('-n, --iterations <n>', 'measured rounds of every point', wholeNumber(1), 6)
    .option('-w, --warmup <n>', 'rounds before them, not measured', wholeNumber(0), 1)
    .option('-c, --concurrency <n>', 'rounds in flight', wholeNumber(1), 10)
    .option(
      '--budget <time>',
      'begin no point that would end later; the rest is estimated',
      duration,
    )
    .option('--resume <folder>', 'go on with a sweep that was ended; the other flags as they were')
    .optionsGroup('Output:')
    .option('-o, --out <dir>', 'parent folder of results', 'results')
    .option('-q, --quiet', 'nothing on stderr but errors')
    .addOption(
      new Option('--format <format>', 'what to print')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench sweep quick --rtt 0ms,40ms,100ms --steps 2,5,10,20
  $ agent-latency-bench sweep --rtt 40ms --context 20k,50k,100k --tool-time 0.1 --budget 5m
  $ agent-latency-bench sweep quick --rtt 0ms,40ms,100ms --steps 2,5,10,20 --resume results/20261122T181530Z-quick-sweep`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (scenario: string, flags: SweepFlags) => {
      const { sweepAction } = await import('../actions/sweep.ts');
      await sweepAction(scenario, flags);
    });
}
