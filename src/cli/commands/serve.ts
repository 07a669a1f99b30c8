import type { Command } from 'commander';
import { faultHelp } from '../../mock/fault/spec.ts';
import type { ServeFlags } from '../flags/serve-options.ts';
import { collect, duration, list, size, wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `serve`, added to its command. */
export function serveCommand(command: Command): Command {
  return command
    .option('--port <n>', '0 picks a free one', wholeNumber(0, 65_535), 8787)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--tls', 'serve HTTPS and WSS, with a certificate made at start')
    .option('--tls-ca-out <file>', 'with --tls: write the certificate to trust to this file')
    .option('--tls-cert <file>', 'with --tls: serve this certificate (PEM) …')
    .option('--tls-key <file>', '… with this key (PEM)')
    .option(
      '--script <scenario|tool-loop>',
      'answer every model name with this script (default: `model` names it, as in tool-loop-10)',
    )
    .option(
      '--calls <n>',
      'tool-loop: calls before the text (default: 3)',
      wholeNumber(0, 1_000_000),
    )
    .option('--parallel <n>', 'tool-loop: calls at a time (default: 1)', wholeNumber(1, 64))
    .option(
      '--seed <n>',
      'decides every byte of the scripts, the jitter, and when faults strike',
      wholeNumber(0),
      1,
    )
    .option(
      '--profile <name|file>',
      'latency: instant, fast, flagship, gateway-redis, or a file',
      'fast',
    )
    .option('--api-key-env <name>', 'demand the key that this environment variable holds')
    .option(
      '--allow-origin <origin>',
      'a web page that may call a server on loopback, such as http://app.example:3000, or *; repeatable',
      collect,
    )
    .option('--single-lane', 'ignore stream_id: one response at a time on a connection')
    .option('--max-age <time>', 'age limit of WebSocket connections (default: 60m)', duration)
    .option(
      '--cache-entries <n>',
      'responses that a connection holds (default: 33)',
      wholeNumber(0, 1_000_000),
    )
    .option(
      '--cache-bytes <size>',
      'held for one connection: JSON and tokens (default: 16MiB)',
      size,
    )
    .option('--cache-total-bytes <size>', 'the same for all connections (default: 4GiB)', size)
    .option('--cache-idle <time>', 'held no longer than that without use (default: 60m)', duration)
    .option(
      '--cache-off <kinds>',
      'what connections do not hold: all, or some of routing, conversation, safety, tokens, ' +
        'embeddings, prefix, tools, functionResults',
      list,
    )
    .option(
      '--fault <spec>',
      'what goes wrong: faults of the list below, each with conditions @<probability>, ' +
        '@event<n>, @call<n>, @http, @ws, such as 429:2s@0.1; or flaky; repeatable',
      collect,
    )
    .addHelpText(
      'after',
      `
Faults:
${faultHelp()
  .map(({ form, help }) => `  ${form.padEnd(42)} ${help}`)
  .join('\n')}

Examples:
  $ agent-latency-bench serve
  $ agent-latency-bench serve --script tool-loop --calls 5 --parallel 2 --profile instant
  $ agent-latency-bench serve --tls --tls-ca-out ca.pem --port 8443
  $ agent-latency-bench serve --cache-total-bytes 64MiB --cache-off tokens,safety
  $ agent-latency-bench serve --fault 429:2s@0.1,close:1011@event5@0.05`,
    )
    .action(async (flags: ServeFlags) => {
      const { serveAction } = await import('../actions/serve.ts');
      await serveAction(flags);
    });
}
