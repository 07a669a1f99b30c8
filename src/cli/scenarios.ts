import { Command } from 'commander';
import { wholeNumber } from './values.ts';

/** `scenarios list|show|validate|init`. */
export function scenariosCommand(): Command {
  const command = new Command('scenarios').description('List, show, check and begin scenarios.');
  command
    .command('list')
    .description('The bundled scenarios.')
    .action(async () => {
      const { listScenarios } = await import('./scenarios-action.ts');
      await listScenarios();
    });
  command
    .command('show')
    .description('What a scenario sends and says, turn by turn, in numbers.')
    .argument('<scenario>', 'bundled scenario or scenario file')
    .option('--seed <n>', 'decides every byte', wholeNumber(0), 1)
    .option('--json', 'print the whole script, every byte decided, as JSON')
    .action(async (name: string, flags: { seed: number; json?: true }) => {
      const { showScenario } = await import('./scenarios-action.ts');
      await showScenario(name, flags);
    });
  command
    .command('validate')
    .description('Check scenario files; every problem is reported with line and column.')
    .argument('<file...>', 'scenario files')
    .action(async (files: string[]) => {
      const { validateScenarios } = await import('./scenarios-action.ts');
      await validateScenarios(files);
    });
  command
    .command('init')
    .description('Write a commented scenario file to start from.')
    .argument('[file]', 'file to write', 'my-agent.yaml')
    .action(async (file: string) => {
      const { initScenario } = await import('./scenarios-action.ts');
      await initScenario(file);
    });
  return command.addHelpText(
    'after',
    `
Examples:
  $ agent-latency-bench scenarios list
  $ agent-latency-bench scenarios show coding-agent
  $ agent-latency-bench scenarios init my-agent.yaml
  $ agent-latency-bench scenarios validate my-agent.yaml`,
  );
}
