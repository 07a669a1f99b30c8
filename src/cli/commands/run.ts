import type { Command } from 'commander';
import { addConfigFlags } from '../flags/config-flags.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { addSettings } from '../flags/settings-flags.ts';

/** The arguments, flags and action of `run [scenario…]`, added to its command. */
export function runCommand(command: Command): Command {
  command.argument('[scenario...]', 'bundled scenarios or scenario files (default: coding-agent)');
  return addConfigFlags(addSettings(command, 'run'))
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench run                             coding-agent against the bundled mock
  $ agent-latency-bench run quick chat -n 20 -c 1       two scenarios, one session at a time
  $ agent-latency-bench run my-agent.yaml -t http,ws --profile instant
  $ agent-latency-bench run -t all --rtt 50ms           every transport, over an emulated path of 50 ms
  $ agent-latency-bench run --until 2% --max-time 10m --aa   as many rounds as it takes
  $ agent-latency-bench run quick --rate 5 -d 1m --arrival poisson   users who don't wait for each other
  $ agent-latency-bench run quick --ramp -t http-keepalive,ws   the rate that each keeps up with
  $ agent-latency-bench run --fault flaky --retries 3   what failures cost on each transport
  $ agent-latency-bench run --url http://127.0.0.1:8000/v1 --model my-model -n 5
  $ agent-latency-bench run --url https://api.openai.com/v1 --model gpt-5.5 --max-requests 500
  $ agent-latency-bench run quick --format json | jq '.comparisons'`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (scenarios: string[], flags: RunFlags) => {
      const { runAction } = await import('../actions/run.ts');
      await runAction(scenarios, flags);
    });
}
