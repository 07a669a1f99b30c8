import { type Command, Option } from 'commander';
import type { ShowFlags } from '../actions/scenarios.ts';
import { wholeNumber } from '../flags/values.ts';

/** The arguments, flags and action of `scenarios list|show|validate|init`, added to its command. */
export function scenariosCommand(command: Command): Command {
  command
    .command('list')
    .description('The bundled scenarios.')
    .addHelpText('after', examples('scenarios list'))
    .action(async () => {
      const { listScenarios } = await import('../actions/scenarios.ts');
      await listScenarios();
    });
  command
    .command('show')
    .description('What a scenario sends and says, turn by turn, in numbers.')
    .argument('<scenario>', 'bundled scenario or scenario file')
    .option('--seed <n>', 'decides every byte', wholeNumber(0), 1)
    .addOption(
      new Option(
        '--format <format>',
        'turns as a table, the whole script, every byte decided, as JSON, or the file as it stands',
      )
        .choices(['table', 'json', 'yaml'])
        .default('table'),
    )
    .option('--json', 'the same as --format json')
    .option('--full', 'a row for every turn of a long session, too')
    .addHelpText(
      'after',
      examples(
        'scenarios show coding-agent',
        'scenarios show quick --json',
        'scenarios show quick --format yaml > my-agent.yaml',
      ),
    )
    .action(async (name: string, flags: ShowFlags) => {
      const { showScenario } = await import('../actions/scenarios.ts');
      await showScenario(name, flags);
    });
  command
    .command('validate')
    .description('Check scenario files; every problem is reported with line and column.')
    .argument('<file...>', 'scenario files')
    .addHelpText('after', examples('scenarios validate my-agent.yaml'))
    .action(async (files: string[]) => {
      const { validateScenarios } = await import('../actions/scenarios.ts');
      await validateScenarios(files);
    });
  command
    .command('init')
    .description('Write a commented scenario file to start from.')
    .argument('[file]', 'file to write', 'my-agent.yaml')
    .addHelpText('after', examples('scenarios init', 'scenarios init agents/reviewer.yaml'))
    .action(async (file: string) => {
      const { initScenario } = await import('../actions/scenarios.ts');
      await initScenario(file);
    });
  return command.addHelpText(
    'after',
    examples(
      'scenarios list',
      'scenarios show coding-agent',
      'scenarios init my-agent.yaml',
      'scenarios validate my-agent.yaml',
    ),
  );
}

function examples(...commands: string[]): string {
  const lines = commands.map((command) => `  $ agent-latency-bench ${command}`);
  return `\nExamples:\n${lines.join('\n')}`;
}
