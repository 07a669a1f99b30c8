import { Command } from 'commander';
import { addConfigFlags } from '../flags/config-flags.ts';
import { type AllGateFlags, addGateFlags } from '../flags/gate-flags.ts';
import { addMeasureFlags } from '../flags/measure-flags.ts';
import { addOutputFlags } from '../flags/output-flags.ts';
import { addRecoveryFlags } from '../flags/recovery-flags.ts';
import { header, wholeNumber } from '../flags/values.ts';
import { addWayFlags } from '../flags/way-flags.ts';

/** `gate [candidate]`. */
export function gateCommand(): Command {
  const command = new Command('gate')
    .description(
      'For CI: hold a result against limits and a baseline, or measure two endpoints interleaved; the exit code says.',
    )
    .argument('[candidate]', 'result.json, or the folder that holds it');
  addGateFlags(command)
    .optionsGroup('Two endpoints in one job, every round on both:')
    .option('--base-url <baseURL>', 'the endpoint as it was')
    .option('--url <baseURL>', 'the endpoint that may have become slower')
    .option('--scenario <name|file>', 'what to replay (default: coding-agent)')
    .option('--base-model <id>', 'model to ask for at --base-url (default: as --model)')
    .option('--model <id>', "model to ask for (default: the scenario's name)")
    .option('--base-api-key-env <name>', 'variable that holds the key (default: OPENAI_API_KEY)')
    .option('--api-key-env <name>', 'variable that holds the key (default: OPENAI_API_KEY)')
    .option('--base-header <"K: V">', 'send this header to --base-url; repeatable', header)
    .option('-H, --header <"K: V">', 'send this header to --url; repeatable', header)
    .option('--cacert <file>', 'trust the certificate authorities in this PEM file too')
    .option('-k, --insecure', 'accept any certificate');
  addWayFlags(command);
  addMeasureFlags(command, { transports: 'http-keepalive,ws', iterations: 20 });
  addRecoveryFlags(command)
    .optionsGroup('Endpoints that cost money:')
    .option('--max-requests <n>', 'stop before one more request than this', wholeNumber(1))
    .option('--max-tokens <n>', 'stop before more tokens than this, in and out', wholeNumber(1))
    .option('--yes', 'do not ask before sending')
    .optionsGroup('Output:')
    .option('-o, --out <dir>', 'parent folder of results', 'results')
    .option('-q, --quiet', 'nothing on stderr but errors')
    .option('--no-progress', 'no live progress on stderr');
  return addConfigFlags(addOutputFlags(command))
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
