import { Command } from 'commander';
import { addConfigFlags } from '../flags/config-flags.ts';
import { addGateFlags } from '../flags/gate-flags.ts';
import { addMeasureFlags } from '../flags/measure-flags.ts';
import { addOutputFlags, type OutputFlags } from '../flags/output-flags.ts';
import { addRecoveryFlags } from '../flags/recovery-flags.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { collect, header, wholeNumber } from '../flags/values.ts';
import { addWayFlags } from '../flags/way-flags.ts';

/** `run [scenario…]`. */
export function runCommand(): Command {
  const command = addWayFlags(
    new Command('run')
      .description(
        'Replay scenarios over transports, print the comparison, write results/<time>-<scenario>/.',
      )
      .argument('[scenario...]', 'bundled scenarios or scenario files (default: coding-agent)')
      .optionsGroup('What to measure:')
      .option('--url <baseURL>', 'a Responses API endpoint (default: the bundled mock server)')
      .option('--model <id>', "model to ask for at --url (default: the scenario's name)")
      .option(
        '--api-key-env <name>',
        'environment variable that holds the key (default: OPENAI_API_KEY)',
      )
      .option('-H, --header <"K: V">', 'send this header with every request; repeatable', header)
      .option('--cacert <file>', 'trust the certificate authorities in this PEM file too')
      .option('-k, --insecure', 'accept any certificate'),
  )
    .option(
      '--profile <name|file>',
      "the mock's latency: instant, fast, flagship, gateway-redis, or a file (default: fast)",
    )
    .option('--no-tls', 'speak plain HTTP to the bundled mock')
    .option(
      '--fault <spec|flaky>',
      'what goes wrong at the mock, as for serve: 503@0.1, close:1011@event5, upgrade:426, …; repeatable',
      collect,
    );
  addMeasureFlags(command, { transports: 'http,http-keepalive,ws', iterations: 10 }).option(
    '--aa',
    'run the base twice: its difference from itself shows what no difference looks like',
  );
  addGateFlags(addRecoveryFlags(command))
    .optionsGroup('Endpoints that cost money:')
    .option('--dry-run', 'print requests, tokens and bytes that would be sent; send nothing')
    .option('--max-requests <n>', 'stop before one more request than this', wholeNumber(1))
    .option('--max-tokens <n>', 'stop before more tokens than this, in and out', wholeNumber(1))
    .option('--yes', 'do not ask before sending to --url')
    .optionsGroup('Output:')
    .option('-o, --out <dir>', 'parent folder of results', 'results')
    .option('-q, --quiet', 'nothing on stderr but errors')
    .option('--no-progress', 'no live progress on stderr');
  return addConfigFlags(addOutputFlags(command))
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench run                             coding-agent against the bundled mock
  $ agent-latency-bench run quick chat -n 20 -c 1       two scenarios, one session at a time
  $ agent-latency-bench run my-agent.yaml -t http,ws --profile instant
  $ agent-latency-bench run -t all --rtt 50ms           every transport, over an emulated path of 50 ms
  $ agent-latency-bench run --until 2% --max-time 10m --aa   as many rounds as it takes
  $ agent-latency-bench run --fault flaky --retries 3   what failures cost on each transport
  $ agent-latency-bench run --url http://127.0.0.1:8000/v1 --model my-model -n 5
  $ agent-latency-bench run --url https://api.openai.com/v1 --model gpt-5.5 --max-requests 500
  $ agent-latency-bench run quick --format json | jq '.comparisons'`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (scenarios: string[], flags: RunFlags & OutputFlags) => {
      const { runAction } = await import('../actions/run.ts');
      await runAction(scenarios, flags);
    });
}
