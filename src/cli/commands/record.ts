import type { Command } from 'commander';
import type { RecordFlags } from '../actions/record.ts';
import { wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `record <url>`, added to its command. */
export function recordCommand(command: Command): Command {
  return command
    .argument('<url>', 'base URL of the endpoint, such as https://api.openai.com/v1')
    .option(
      '--port <n>',
      'where the agent finds it; 0 picks a free one',
      wholeNumber(0, 65_535),
      8788,
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--sessions <n>',
      'end after so many conversations (default: at Ctrl-C)',
      wholeNumber(1),
    )
    .option('-o, --out <file|folder>', 'where to write (default: <name>.yaml here)')
    .option('--name <name>', 'what the scenarios are called (default: recorded-<time>)')
    .option('--keep-content', 'keep the words, which may be private; else filler of the same size')
    .option(
      '--raw <file>',
      'also write all that passes to this file, words and all, a line of JSON a piece; headers are left out',
    )
    .option('--tls', 'HTTPS, HTTP/2 and WSS towards the agent, with a certificate made at start')
    .option('--tls-ca-out <file>', 'with --tls: write the certificate to trust to this file')
    .option('--cacert <file>', 'PEM of a certificate authority to trust for the endpoint')
    .option('-k, --insecure', 'accept any certificate of the endpoint')
    .option('--force', 'write over files that exist')
    .addHelpText(
      'after',
      `
The agent gets the printed address for its base URL. Its requests, key included, go to the endpoint unchanged; keys, headers and
what is said reach no file.

Examples:
  $ agent-latency-bench record https://api.openai.com/v1
  $ OPENAI_BASE_URL=http://127.0.0.1:8788/v1 my-agent
  $ agent-latency-bench record http://127.0.0.1:8787/v1 --sessions 1 -o my-agent.yaml`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (url: string, flags: RecordFlags) => {
      const { recordAction } = await import('../actions/record.ts');
      await recordAction(url, flags);
    });
}
