import type { Command } from 'commander';
import { addConfigFlags } from '../flags/config-flags.ts';
import type { AllGateFlags } from '../flags/gate-flags.ts';
import { addSettings } from '../flags/settings-flags.ts';

/** The arguments, flags and action of `gate [candidate]`, added to its command. */
export function gateCommand(command: Command): Command {
  command.argument('[candidate]', 'result.json, or the folder that holds it');
  return addConfigFlags(addSettings(command, 'gate'))
    .addHelpText(
      'after',
      `
Exit codes: 0 fine, 1 the run failed, 2 usage, 3 a confirmed regression, 4 inconclusive or unfit (--strict), 5 baseline missing or
not alike (--require-baseline), 99 a threshold crossed, 130 interrupted.

Examples:
  $ agent-latency-bench gate results/20261122T181530Z-quick --threshold 'ws.workflow_e2e: p(95)<4s'
  $ agent-latency-bench gate results/20261122T181530Z-quick --baseline main.json --max-regression 10%
  $ agent-latency-bench gate --base-url http://127.0.0.1:8001/v1 --url http://127.0.0.1:8002/v1 --scenario quick`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (candidate: string | undefined, flags: AllGateFlags) => {
      const { gateAction } = await import('../actions/gate.ts');
      await gateAction(candidate, flags);
    });
}
