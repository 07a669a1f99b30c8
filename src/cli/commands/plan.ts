import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanFlags } from '../actions/plan.ts';
import { percent } from '../flags/values.ts';

/** The arguments, flags and action of `plan <pilot> [candidate]`, added to its command. */
export function planCommand(command: Command): Command {
  return command
    .argument('<pilot>', 'a result, 20 rounds or so: a file, or the folder of a run')
    .argument('[candidate]', 'the other side, where the pilot is the base of an interleaved gate')
    .option('--effect <percent>', 'the difference to find', percent, 0.05)
    .option('--power <chance>', 'chance of finding it', chance, 0.8)
    .option('--max-regression <percent>', 'find it beyond this margin, as gate does', percent, 0)
    .addOption(
      new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench plan --effect 5% --power 0.8 results/20261122T181530Z-coding-agent
  $ agent-latency-bench plan --effect 15% --max-regression 5% results/…-gate/base results/…-gate/candidate`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (pilot: string, candidate: string | undefined, flags: PlanFlags) => {
      const { planAction } = await import('../actions/plan.ts');
      await planAction(pilot, candidate, flags);
    });
}

function chance(text: string): number {
  if (!/^0?\.\d+$/.test(text)) {
    throw new InvalidArgumentError('Expected a chance between 0 and 1, such as 0.8.');
  }
  return Number(text);
}
