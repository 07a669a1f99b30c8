import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { calibrateCommand } from './commands/calibrate.ts';
import { compareCommand } from './commands/compare.ts';
import { gateCommand } from './commands/gate.ts';
import { planCommand } from './commands/plan.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { scenariosCommand } from './commands/scenarios.ts';
import { schemaCommand } from './commands/schema.ts';
import { serveCommand } from './commands/serve.ts';

/** The command line. Commands load what they need when they run, so that help stays quick. */
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
    );
  for (const command of [
    runCommand(),
    serveCommand(),
    reportCommand(),
    compareCommand(),
    gateCommand(),
    planCommand(),
    calibrateCommand(),
    scenariosCommand(),
    schemaCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of withSubcommands(program)) {
    command.exitOverride().showHelpAfterError('(--help lists what there is)');
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
