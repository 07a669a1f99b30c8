import { type Command, Option } from 'commander';
import type { DoctorFlags } from '../actions/doctor.ts';
import { addSettings } from '../flags/settings-flags.ts';
import { duration, size, wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `doctor <url>`, added to its command. */
export function doctorCommand(command: Command): Command {
  return addSettings(
    command.argument('[url]', 'base URL of the endpoint; of a provider, it can be left out'),
    'doctor',
  )
    .option(
      '--idle <time>',
      'also ask whether an idle WebSocket lives that long, such as 70s',
      duration,
    )
    .option(
      '--frame <size>',
      'also send a WebSocket message of that size, such as 1MiB, which no model reads',
      size,
    )
    .addOption(
      new Option('--timeout <time>', 'how long one answer may take')
        .argParser(duration)
        .default(30_000, '30s'),
    )
    .option('--max-tokens <n>', 'ask no more once so many tokens are billed', wholeNumber(1))
    .option('--dry-run', 'say what would be asked, and what it costs; sends nothing')
    .option('--yes', 'no question asked (else asked on a terminal)')
    .addOption(
      new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText(
      'after',
      `
Exit code 0 where WebSocket mode is usable (responses are created and chained on a connection), 1 where not.

Examples:
  $ agent-latency-bench doctor http://127.0.0.1:8787/v1
  $ agent-latency-bench doctor https://api.openai.com/v1 --model gpt-5.5 --dry-run
  $ agent-latency-bench doctor http://127.0.0.1:8787/v1 --idle 70s --format json`,
    )
    .configureHelp({ sortOptions: false })
    .action(async (url: string | undefined, flags: DoctorFlags) => {
      const { doctorAction } = await import('../actions/doctor.ts');
      await doctorAction(url, flags);
    });
}
