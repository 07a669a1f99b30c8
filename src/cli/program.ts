import { readFileSync } from 'node:fs';
import { Command } from 'commander';

/**
 * The command line. The parts of a command are loaded when it is asked for, so that every other one starts quickly; what
 * an action needs is loaded when it runs.
 */
export function createProgram(): Command {
  const program = new Command('agent-latency-bench')
    .description(
      'What would your agent gain from WebSocket mode? Replays agent workflows over HTTP and WebSocket against any Responses API endpoint, or the bundled mock server, and says where the time went.',
    )
    .version(version(), '-V, --version')
    .addHelpText(
      'after',
      `
Examples:
  $ agent-latency-bench run                      a coding agent against the bundled mock, about half a minute
  $ agent-latency-bench run quick                a small one
  $ agent-latency-bench run -t all --rtt 50ms    every transport, over an emulated path of 50 ms
  $ agent-latency-bench run --url https://api.openai.com/v1 --model gpt-5.5 --dry-run
  $ agent-latency-bench report results/20261122T181530Z-coding-agent`,
    )
    .exitOverride()
    .showHelpAfterError('(--help lists what there is)')
    .hook('preSubcommand', async (_, command) => {
      const fill = await commands[command.name()]?.load();
      fill?.(command);
    });
  for (const [name, { description }] of Object.entries(commands)) {
    program.command(name).description(description);
  }
  // Commander's own would show a command's help without loading its parts.
  program
    .helpCommand(false)
    .command('help')
    .argument('[command...]')
    .description('Display help for a command.')
    .action(async (names: string[]) => {
      await program.parseAsync([...names, '--help'], { from: 'user' });
    });
  return program;
}

interface CommandRow {
  description: string;
  /** What adds the arguments, flags and action. */
  load: () => Promise<(command: Command) => Command>;
}

const commands: Readonly<Record<string, CommandRow>> = {
  run: {
    description:
      'Replay scenarios over transports, print the comparison, write results/<time>-<scenario>/.',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  serve: {
    description:
      'Run the mock Responses API server (HTTP, SSE and WebSocket on one port) until Ctrl-C.',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  report: {
    description: 'Print a result again, in any format, offline.',
    load: async () => (await import('./commands/report.ts')).reportCommand,
  },
  merge: {
    description:
      'Put the results of several runs of one scenario, such as shards, together as one.',
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  },
  compare: {
    description: 'Compare two results: every change with its interval and a verdict.',
    load: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  gate: {
    description:
      'For CI: hold a result against limits and a baseline, or measure two endpoints interleaved; the exit code says.',
    load: async () => (await import('./commands/gate.ts')).gateCommand,
  },
  plan: {
    description: 'How many rounds it takes to find a difference of a given size, from a pilot run.',
    load: async () => (await import('./commands/plan.ts')).planCommand,
  },
  estimate: {
    description:
      'How long scenarios would take over every transport, reckoned in virtual time: nothing is sent.',
    load: async () => (await import('./commands/estimate.ts')).estimateCommand,
  },
  sweep: {
    description:
      'Where WebSocket begins to pay: a map over steps, round trip, context, model speed or profile, measured point by point.',
    load: async () => (await import('./commands/sweep.ts')).sweepCommand,
  },
  claims: {
    description:
      'What vendors and the press say of WebSocket mode, each claim beside our own figures; about 90 s.',
    load: async () => (await import('./commands/claims.ts')).claimsCommand,
  },
  calibrate: {
    description: 'Measure our own error against injected truth; takes a second or two.',
    load: async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  },
  doctor: {
    description:
      'Ask an endpoint what it can do: HTTP, events, WebSocket mode, chaining; says what run can measure there.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  record: {
    description:
      'Stand as a proxy in front of an endpoint; a scenario comes out for each conversation of a real agent.',
    load: async () => (await import('./commands/record.ts')).recordCommand,
  },
  import: {
    description:
      'Make scenarios of sessions that real agents left: Codex, Claude Code, Copilot, HAR, OTel and more.',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  scenarios: {
    description: 'List, show, check and begin scenarios.',
    load: async () => (await import('./commands/scenarios.ts')).scenariosCommand,
  },
  schema: {
    description: 'Print the JSON Schema of a file format.',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
};

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
